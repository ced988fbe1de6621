use resilience_runtime::{Breaker, resilient};

#[resilient(breaker = Breaker)] //~ ERROR expected value, found struct `Breaker`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
