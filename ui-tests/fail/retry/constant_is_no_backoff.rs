use resilience_runtime::resilient;

const SECONDS: u64 = 5;

#[resilient(retry = SECONDS)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
