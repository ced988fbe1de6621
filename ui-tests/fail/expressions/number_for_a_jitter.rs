use resilience_runtime::resilient;

const SPREAD: f64 = 0.5;

#[resilient(retry = "exp", jitter = SPREAD)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
