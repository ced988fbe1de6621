use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 0, wait = "1s", priority = 3))] //~ ERROR a `wait` of 1s has no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
