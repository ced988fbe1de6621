use resilience_runtime::resilient;

#[resilient(cache("60s"), coalesce(key = id))] //~ ERROR `coalesce` goes by the key of the `cache` beside it
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

#[derive(Clone)]
struct DbError;

fn main() {}
