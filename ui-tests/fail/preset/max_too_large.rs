use std::time::Duration;

use resilience_runtime::{Backoff, Preset, resilient};

const MINE: Preset =
    Preset::new().retry(Backoff::fixed(Duration::from_secs(1)), 3).deadline(Duration::from_secs(5));

#[resilient(preset = MINE, max = 10)] //~ ERROR 10 attempts wait up to 9s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
