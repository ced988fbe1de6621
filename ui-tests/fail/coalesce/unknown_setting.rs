use resilience_runtime::resilient;

#[resilient(coalesce(ttl = "1s"))] //~ ERROR `ttl` is a setting of `cache`
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

#[derive(Clone)]
struct DbError;

fn main() {}
