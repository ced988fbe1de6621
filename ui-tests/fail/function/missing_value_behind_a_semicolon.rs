use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(id: u64) -> std::io::Result<u64> { //~ ERROR mismatched types
    Ok(id);
}

fn main() {}
