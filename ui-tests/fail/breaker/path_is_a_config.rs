use resilience_runtime::{BreakerConfig, resilient};

const DB: BreakerConfig = BreakerConfig::new();

#[resilient(breaker = DB)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
