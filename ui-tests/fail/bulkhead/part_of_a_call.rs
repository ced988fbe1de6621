use resilience_runtime::resilient;

#[resilient(bulkhead = 1.5)] //~ ERROR `1.5` is not a count
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
