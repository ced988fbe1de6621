use resilience_runtime::resilient;

struct DbError;

#[resilient(timeout = "2s")]
async fn load() -> Result<(), DbError> { //~ ERROR `DbError`
    Ok(())
}

fn main() {}
