use resilience_runtime::resilient;

const RATE: f64 = -0.1;

struct DbError;

#[resilient(chaos(panic_rate = RATE))] //~ ERROR between 0% and 100%
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
