use resilience_runtime::resilient;

#[resilient(breaker("db", window = 10, min_calls = 10 + 1))] //~ ERROR `min_calls` of 11 can never be reached
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
