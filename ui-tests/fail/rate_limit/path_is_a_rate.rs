use resilience_runtime::{Rate, resilient};

const RATE: Rate = Rate::per_second(100);

#[resilient(rate_limit = RATE)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
