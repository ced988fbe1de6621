use resilience_runtime::resilient;

struct Busy;

#[resilient(timeout = "1s", map_rejected = |rejected| rejected.to_string())] //~ ERROR mismatched types
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {}
