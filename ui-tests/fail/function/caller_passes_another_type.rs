use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

fn main() {
    let _ = load("one"); //~ ERROR mismatched types
}
