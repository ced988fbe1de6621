use std::time::Duration;

use resilience_runtime::{Backoff, resilient};

const SLOW: Backoff = Backoff::exp(Duration::from_secs(60));

#[resilient(retry = SLOW)] //~ ERROR `cap` of 10s is shorter than `base` of 60s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
