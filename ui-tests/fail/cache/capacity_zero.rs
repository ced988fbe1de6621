use resilience_runtime::resilient;

struct DbError;

#[resilient(cache("60s", capacity = 0))] //~ ERROR must be 1 answer or more
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
