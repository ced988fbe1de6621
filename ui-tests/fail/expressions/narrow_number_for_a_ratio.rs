use resilience_runtime::resilient;

const RATE: f32 = 0.5;

#[resilient(breaker("db", failure_rate = RATE))] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
