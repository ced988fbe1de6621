use resilience_runtime::{Throttle, ThrottleConfig, resilient};

const SHARED: Throttle = Throttle::new("shared", ThrottleConfig::new());

#[resilient(throttle = SHARED)] //~ ERROR interior mutable shared borrows
async fn load() -> std::io::Result<u64> {
    Ok(1)
}

fn main() {}
