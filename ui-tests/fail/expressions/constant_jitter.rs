use resilience_runtime::{Jitter, resilient};

const SPREAD: Jitter = Jitter::Ratio(1.5);

#[resilient(retry = "exp", jitter = SPREAD)] //~ ERROR `jitter` must be between 0 and 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
