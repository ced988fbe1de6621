use resilience_runtime::resilient;

#[resilient(retry = "exp", max = 0)] //~ ERROR `max` must be at least 1
async fn load<T: Clone>(value: T) -> std::io::Result<T> {
    Ok(value)
}

fn main() {}
