use resilience_runtime::resilient;

#[resilient(coalesce)]
async fn load(name: &str) -> Result<&str, DbError> { //~ ERROR `coalesce` gives answers to several calls, and this one borrows
    Ok(name)
}

#[derive(Clone)]
struct DbError;

fn main() {}
