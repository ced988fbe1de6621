use resilience_runtime::resilient;

struct DbError;

#[resilient(cache(name = "users", capacity = 5))] //~ ERROR `capacity` needs a time beside it
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
