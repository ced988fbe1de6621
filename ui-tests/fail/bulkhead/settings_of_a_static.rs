use resilience_runtime::{Bulkhead, BulkheadConfig, resilient};

static POOL: Bulkhead = Bulkhead::new("pool", BulkheadConfig::new(10));

#[resilient(bulkhead(POOL, max = 10, queue = 20))] //~ ERROR `max` and `queue` belong to the `static`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
