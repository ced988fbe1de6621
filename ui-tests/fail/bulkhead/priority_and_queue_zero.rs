use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 0, priority = 3))] //~ ERROR `priority` has no effect with a `queue` of 0
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
