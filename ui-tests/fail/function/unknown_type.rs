use resilience_runtime::resilient;

#[resilient(retry = "exp", breaker = "db")]
async fn load(id: Key) -> std::io::Result<u64> { //~ ERROR cannot find type `Key`
    Ok(id.0)
}

fn main() {}
