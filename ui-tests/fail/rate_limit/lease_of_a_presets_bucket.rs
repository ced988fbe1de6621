use resilience_runtime::{Preset, Rate, RateLimitConfig, resilient};

const MINE: Preset = Preset::new().rate_limit(RateLimitConfig::new(Rate::per_second(10)));

#[resilient(preset = MINE, rate_limit(lease = 64))] //~ ERROR `lease` of 64 is more than the 10 tokens
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
