use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = |_| 1)] //~ ERROR `when` and `when_ok` say `bool` or `Class`
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {}
