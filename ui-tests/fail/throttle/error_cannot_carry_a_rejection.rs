use resilience_runtime::resilient;

struct DbError;

#[resilient(throttle)]
async fn load() -> Result<(), DbError> { //~ ERROR `DbError` cannot say that a policy refused
    Ok(())
}

fn main() {}
