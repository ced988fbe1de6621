use resilience_runtime::{Breaker, BreakerConfig, resilient};

static DB: Breaker = Breaker::new("db", BreakerConfig::new());

#[resilient(breaker = &DB)] //~ ERROR write its path without `&`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
