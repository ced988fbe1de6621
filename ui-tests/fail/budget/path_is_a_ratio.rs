use resilience_runtime::resilient;

const SHARE: f64 = 0.2;

#[resilient(retry = "exp", budget = SHARE)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
