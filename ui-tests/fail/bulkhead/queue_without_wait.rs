use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 20))] //~ ERROR a `queue` of 20 has no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
