use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 20, wait = "1s", priority = rank))] //~ ERROR `u64` cannot be a `priority`
async fn load(rank: u64) -> std::io::Result<u64> {
    Ok(rank)
}

fn main() {}
