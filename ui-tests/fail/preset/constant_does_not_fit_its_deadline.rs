use std::time::Duration;

use resilience_runtime::{Preset, resilient};

mod presets {
    use super::{Duration, Preset};

    pub const MINE: Preset = Preset::STANDARD.deadline(Duration::from_secs(20));
}

#[resilient(preset = presets::MINE)] //~ ERROR 3 attempts of up to 10s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
