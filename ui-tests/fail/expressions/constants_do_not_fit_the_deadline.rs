use std::time::Duration;

use resilience_runtime::resilient;

const MAX: u32 = 4;
const BASE: Duration = Duration::from_secs(2);

#[resilient(retry = "fixed", max = MAX, base = BASE, deadline = Duration::from_secs(5))] //~ ERROR 4 attempts wait up to 6s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
