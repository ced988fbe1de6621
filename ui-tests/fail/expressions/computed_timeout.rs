use std::time::Duration;

use resilience_runtime::resilient;

const DAYS: u64 = 30;

#[resilient(timeout = Duration::from_secs(60 * 60 * DAYS))] //~ ERROR is longer than a day
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
