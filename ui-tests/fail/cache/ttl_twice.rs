use resilience_runtime::resilient;

struct DbError;

#[resilient(cache("60s", ttl = "5s"))] //~ ERROR `cache(..)` begins with its `ttl`
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
