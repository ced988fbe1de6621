use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "60s", retry = "exp")]
async fn load(name: &str, at: Place) -> Result<bool, DbError> { //~ ERROR `Place` cannot be a key of `cache`
    Ok(name.is_empty() && at.0 > 0.0)
}

#[derive(Clone)]
struct Place(f64);

fn main() {}
