use resilience_runtime::resilient;

#[resilient(coalesce)]
async fn load(at: f64) -> Result<u32, DbError> { //~ ERROR `f64` cannot be a key of `cache` or `coalesce`
    Ok(u32::from(at > 0.0))
}

#[derive(Clone)]
struct DbError;

fn main() {}
