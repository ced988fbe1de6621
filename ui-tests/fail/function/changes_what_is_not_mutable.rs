use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(id: u64) -> std::io::Result<u64> {
    id += 1; //~ ERROR cannot assign
    Ok(id)
}

fn main() {}
