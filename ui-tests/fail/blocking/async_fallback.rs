use resilience_runtime::resilient;

async fn cached(id: u32) -> std::io::Result<u32> {
    Ok(id)
}

#[resilient(retry = "exp", fallback = cached)] //~ ERROR mismatched types
fn load(id: u32) -> std::io::Result<u32> {
    Ok(id)
}

fn main() {
    let _ = load(1);
}
