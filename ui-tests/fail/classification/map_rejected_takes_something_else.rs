use resilience_runtime::resilient;

struct Busy;

#[resilient(timeout = "1s", map_rejected = to_busy)] //~ ERROR mismatched types
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn to_busy(_limit: u32) -> Busy {
    Busy
}

fn main() {}
