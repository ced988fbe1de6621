use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(error = || DbError, error_rate = "5%"))] //~ ERROR write the expression without `|..|`
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
