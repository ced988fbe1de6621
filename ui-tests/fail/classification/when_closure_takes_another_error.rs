use resilience_runtime::resilient;

struct Busy;

struct Late;

#[resilient(retry = "exp", when = |_: &Late| true)] //~ ERROR mismatched types
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn main() {}
