use resilience_runtime::resilient;

const RATE: u32 = 100;

#[resilient(rate_limit(rate = RATE))] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
