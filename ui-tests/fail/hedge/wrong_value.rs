use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotent)]
async fn load(id: u32) -> std::io::Result<u32> {
    let name = format!("{id}");
    Ok(name) //~ ERROR mismatched types
}

fn main() {}
