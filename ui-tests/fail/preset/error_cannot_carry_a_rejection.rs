use resilience_runtime::resilient;

struct DbError;

#[resilient]
async fn load() -> Result<(), DbError> { //~ ERROR `DbError`
    Ok(())
}

fn main() {}
