use resilience_runtime::{Throttle, ThrottleConfig, resilient};

static DB: Throttle = Throttle::new("db", ThrottleConfig::new());

#[resilient(throttle(DB, k = 1.5))] //~ ERROR `k` belongs to the `static`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
