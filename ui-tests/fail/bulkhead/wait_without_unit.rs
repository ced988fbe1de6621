use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 20, wait = 100))] //~ ERROR `100` has no unit
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
