use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = |error| error.code == 503)] //~ ERROR no field `code`
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {}
