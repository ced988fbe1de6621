use resilience_runtime::{Bulkhead, BulkheadConfig, resilient};

static POOL: Bulkhead = Bulkhead::new("pool", BulkheadConfig::new(10));

#[resilient(bulkhead = &POOL)] //~ ERROR write its path without `&`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
