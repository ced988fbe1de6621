use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(panic_rate = "101%"))] //~ ERROR between 0% and 100%
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
