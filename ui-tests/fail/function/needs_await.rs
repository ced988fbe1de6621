use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(id: u64) -> std::io::Result<u64> {
    fetch(id) //~ ERROR mismatched types
}

async fn fetch(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

fn main() {}
