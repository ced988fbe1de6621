use resilience_runtime::resilient;

struct DbError;

#[resilient(breaker = "db")]
async fn load() -> Result<(), DbError> { //~ ERROR `DbError`
    Ok(())
}

fn main() {}
