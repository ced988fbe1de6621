use std::time::Duration;

use resilience_runtime::{Preset, resilient};

const LIMITED: Preset = Preset::new().timeout(Duration::from_secs(1));

#[resilient(preset = LIMITED, retry_after_max = "5s")] //~ ERROR the preset has no retry to change
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
