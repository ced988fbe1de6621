use std::time::Duration;

use resilience_runtime::{Preset, resilient};

const MINE: Preset = Preset::new().timeout(Duration::from_secs(1)).deadline(Duration::from_secs(5));

#[resilient(preset = MINE, timeout = "5s")] //~ ERROR `timeout` of 5s must be shorter than `deadline` of 5s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
