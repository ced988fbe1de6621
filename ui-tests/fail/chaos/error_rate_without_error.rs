use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(error_rate = "5%"))] //~ ERROR `error_rate` needs an error
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
