use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = is_busy)] //~ ERROR mismatched
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn is_busy(_error: Busy) -> bool {
    true
}

fn main() {}
