use resilience_runtime::resilient;

#[resilient(retry = "exp", breaker = "db")]
async fn load(id: u64) -> std::io::Result<u64> {
    Ok(id + extra) //~ ERROR cannot find value `extra`
}

fn main() {}
