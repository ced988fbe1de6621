use resilience_runtime::{Breaker, BreakerConfig, resilient};

const SHARED: Breaker = Breaker::new("shared", BreakerConfig::new());

#[resilient(breaker = SHARED)] //~ ERROR interior mutable shared borrows
async fn load() -> std::io::Result<u64> {
    Ok(1)
}

fn main() {}
