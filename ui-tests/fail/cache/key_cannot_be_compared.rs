use resilience_runtime::resilient;

struct DbError;

#[resilient(cache("60s", key = (name, at.0)))] //~ ERROR `f64` cannot be a key of `cache`
async fn load(name: &str, at: Place) -> Result<bool, DbError> {
    Ok(name.is_empty() && at.0 > 0.0)
}

struct Place(f64);

fn main() {}
