use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(error = DbError, error_rate = "60%", panic_rate = "50%"))] //~ ERROR come to more than 100%
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
