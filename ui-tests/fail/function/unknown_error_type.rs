use resilience_runtime::resilient;

#[resilient(retry = "exp", breaker = "db")]
async fn load(id: u64) -> Result<u64, LoadError> { //~ ERROR cannot find type `LoadError`
    Ok(id)
}

fn main() {}
