use std::time::Duration;

use resilience_runtime::{Preset, resilient};

const MINE: Preset = Preset::CRITICAL.timeout(Duration::ZERO);

#[resilient(preset = MINE, max = 2)] //~ ERROR `timeout` must be longer than zero
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
