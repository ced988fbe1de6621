use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(error = DbError, panic_rate = "5%"))] //~ ERROR `error` has no effect without `error_rate`
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
