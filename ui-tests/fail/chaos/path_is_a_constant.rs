use resilience_runtime::chaos::{Chaos, ChaosConfig};
use resilience_runtime::resilient;

const SHARED: Chaos = Chaos::new("shared", ChaosConfig::new());

#[resilient(chaos = SHARED)] //~ ERROR interior mutable shared borrows
async fn load() -> std::io::Result<u64> {
    Ok(1)
}

fn main() {}
