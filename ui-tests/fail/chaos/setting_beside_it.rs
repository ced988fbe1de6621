use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(panic_rate = "5%"), seed = 7)] //~ ERROR `seed` belongs in `chaos(..)`
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
