use std::time::Duration;

use resilience_runtime::{Preset, resilient};

const MINE: Preset = Preset::new().deadline(Duration::from_secs(1));

#[resilient(preset = MINE, timeout = "none")] //~ ERROR the preset has a `deadline`, which cannot stop a function
fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = load();
}
