use resilience_runtime::resilient;

struct LoadError;

#[resilient(retry = "exp")]
async fn load(id: &str) -> Result<u32, LoadError> {
    Ok(id.parse::<u32>()?) //~ ERROR `?` couldn't convert the error to `LoadError`
}

fn main() {}
