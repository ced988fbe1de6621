use std::time::Duration;

use resilience_runtime::{Preset, resilient};

const MINE: Preset = Preset::new().timeout(Duration::from_secs(1));

#[resilient(preset = MINE, rate_limit(wait = "1s"))] //~ ERROR the preset has no rate limit to change
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
