use resilience_runtime::resilient;

struct DbError;

#[resilient(cache("60s", stale_if_error = "0s"))] //~ ERROR the `stale_if_error` of a `cache` must be longer
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
