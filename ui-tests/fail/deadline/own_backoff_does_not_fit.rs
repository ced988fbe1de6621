use std::time::Duration;

use resilience_runtime::{Backoff, resilient};

const SLOW: Backoff = Backoff::fixed(Duration::from_secs(2));

#[resilient(retry = SLOW, max = 4, deadline = "5s")] //~ ERROR 4 attempts wait up to
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
