use std::time::Duration;

use resilience_runtime::resilient;

fn limit() -> Duration {
    Duration::from_secs(2)
}

#[resilient(timeout = limit())] //~ ERROR cannot call non-const function
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
