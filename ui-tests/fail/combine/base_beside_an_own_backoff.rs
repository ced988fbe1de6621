use std::time::Duration;

use resilience_runtime::{Backoff, resilient};

const SLOW: Backoff = Backoff::fixed(Duration::from_secs(2));

#[resilient(retry = SLOW, base = "1s")] //~ ERROR beside a strategy of your own
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
