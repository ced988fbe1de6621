use resilience_runtime::{Bulkhead, BulkheadConfig, resilient};

const SHARED: Bulkhead = Bulkhead::new("shared", BulkheadConfig::new(10));

#[resilient(bulkhead = SHARED)] //~ ERROR interior mutable shared borrows
async fn load() -> std::io::Result<u64> {
    Ok(1)
}

fn main() {}
