use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "60s")]
async fn load(name: &str) -> Result<&str, DbError> { //~ ERROR `cache` keeps answers, and this one borrows
    Ok(name)
}

fn main() {}
