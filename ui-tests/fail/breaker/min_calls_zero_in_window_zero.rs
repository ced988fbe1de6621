use resilience_runtime::resilient;

#[resilient(breaker("db", window = 10, min_calls = 0))] //~ ERROR `min_calls` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
