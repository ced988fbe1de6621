use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = is_busy)] //~ ERROR takes 2 arguments but 1 argument was supplied
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn is_busy(_error: &Busy, _attempt: u32) -> bool {
    true
}

fn main() {}
