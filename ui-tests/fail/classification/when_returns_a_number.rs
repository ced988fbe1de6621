use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = is_busy)] //~ ERROR `when` and `when_ok` say `bool` or `Class`
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn is_busy(_error: &Busy) -> u32 {
    1
}

fn main() {}
