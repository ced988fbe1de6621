use std::time::Duration;

use resilience_runtime::resilient;

const BASE: Duration = Duration::from_secs(1);

#[resilient(retry = "exp", base = BASE, cap = BASE.checked_div(2).unwrap())] //~ ERROR `cap` of 500ms is shorter than `base` of 1s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
