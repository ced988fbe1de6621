use std::time::Duration;

use resilience_runtime::resilient;

const LIMIT: Duration = Duration::ZERO;

#[resilient(timeout = LIMIT)] //~ ERROR `timeout` must be longer than zero
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
