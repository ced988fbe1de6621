use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when_ok = is_partial)] //~ ERROR mismatched
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn is_partial(value: &str) -> bool {
    value.is_empty()
}

fn main() {}
