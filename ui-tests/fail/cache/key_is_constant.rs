use resilience_runtime::resilient;

struct DbError;

#[resilient(cache("60s", key = 7))] //~ ERROR `7` is the same for every call
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
