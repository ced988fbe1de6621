use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = BUSY)] //~ ERROR expected function, found `bool`
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

const BUSY: bool = true;

fn main() {}
