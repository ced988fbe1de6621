use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(error = DbError, eror_rate = "5%"))] //~ ERROR did you mean `error_rate`?
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
