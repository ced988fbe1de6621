use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "users")] //~ ERROR does not say how long
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
