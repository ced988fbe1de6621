use resilience_runtime::resilient;

#[resilient(coalesce(key = "all"))] //~ ERROR is the same for every call
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

#[derive(Clone)]
struct DbError;

fn main() {}
