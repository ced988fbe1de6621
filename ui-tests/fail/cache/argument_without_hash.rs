use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "60s")]
async fn load(ratio: f64) -> Result<u32, DbError> { //~ ERROR `f64` cannot be a key of `cache`
    Ok(ratio as u32)
}

fn main() {}
