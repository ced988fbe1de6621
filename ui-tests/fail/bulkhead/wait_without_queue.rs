use resilience_runtime::resilient;

#[resilient(bulkhead(10, wait = "100ms"))] //~ ERROR a `wait` of 100ms has no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
