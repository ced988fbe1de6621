use resilience_runtime::resilient;

struct Busy;

#[resilient(timeout = "1s", map_rejected = Busy)] //~ ERROR expected function, found `Busy`
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {}
