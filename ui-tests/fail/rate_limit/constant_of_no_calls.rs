use resilience_runtime::{Rate, resilient};

const RATE: Rate = Rate::per_second(0);

#[resilient(rate_limit(rate = RATE))] //~ ERROR `rate` must admit at least 1 call
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
