use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", map_rejected = |_| Busy)] //~ ERROR `map_rejected` has no effect
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {}
