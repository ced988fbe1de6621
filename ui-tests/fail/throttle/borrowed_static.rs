use resilience_runtime::{Throttle, ThrottleConfig, resilient};

static DB: Throttle = Throttle::new("db", ThrottleConfig::new());

#[resilient(throttle = &DB)] //~ ERROR write its path without `&`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
