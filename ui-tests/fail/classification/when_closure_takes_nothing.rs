use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = || true)] //~ ERROR expected to take 1 argument
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {}
