use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = is_busy)] //~ ERROR cannot find function `is_busy`
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {}
