use resilience_runtime::{Algorithm, resilient};

const WINDOW: Algorithm = Algorithm::SlidingWindow;

#[resilient(rate_limit("100/s", lease = 64, algorithm = WINDOW))] //~ ERROR `lease` has no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
