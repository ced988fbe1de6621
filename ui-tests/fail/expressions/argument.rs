use std::time::Duration;

use resilience_runtime::resilient;

#[resilient(timeout = limit)] //~ ERROR attempt to use a non-constant value in a constant
async fn load(limit: Duration) -> std::io::Result<Duration> {
    Ok(limit)
}

fn main() {}
