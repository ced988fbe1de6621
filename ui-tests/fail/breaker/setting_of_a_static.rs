use resilience_runtime::{Breaker, BreakerConfig, resilient};

static DB: Breaker = Breaker::new("db", BreakerConfig::new());

#[resilient(breaker(DB, window = 100))] //~ ERROR belongs to the `static`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
