use resilience_runtime::{BreakerConfig, resilient};

const MINE: BreakerConfig = BreakerConfig::new();

#[resilient(preset = MINE, max = 5)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
