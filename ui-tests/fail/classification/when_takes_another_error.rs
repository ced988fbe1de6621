use resilience_runtime::resilient;

struct Busy;

#[resilient(retry = "exp", when = is_busy)] //~ ERROR mismatched
async fn load() -> Result<u32, Busy> {
    Ok(1)
}

fn is_busy(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::TimedOut
}

fn main() {}
