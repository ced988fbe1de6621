use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "60s")]
async fn load(name: Option<&str>) -> Result<bool, DbError> { //~ ERROR `cache` keeps its keys, and this one borrows
    Ok(name.is_some())
}

fn main() {}
