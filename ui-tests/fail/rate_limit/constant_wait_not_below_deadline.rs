use std::time::Duration;

use resilience_runtime::resilient;

const WAIT: Duration = Duration::from_secs(5);

#[resilient(rate_limit("100/s", wait = WAIT), deadline = "2s")] //~ ERROR `wait` of 5s must be shorter
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
