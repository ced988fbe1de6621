use resilience_runtime::resilient;

struct Busy;

#[resilient(timeout = "1s", when = |_| true)] //~ ERROR `when` has no effect
async fn load() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {}
