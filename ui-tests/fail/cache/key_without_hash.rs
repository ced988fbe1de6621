use resilience_runtime::resilient;

struct DbError;

#[resilient(cache("60s", key = ratio))] //~ ERROR `f64` cannot be a key of `cache`
async fn load(ratio: f64) -> Result<u32, DbError> {
    Ok(ratio as u32)
}

fn main() {}
