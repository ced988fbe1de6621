use std::time::Duration;

use resilience_runtime::resilient;

#[resilient(breaker("db", window = Duration::from_secs(30)))] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
