use resilience_runtime::resilient;

#[resilient(breaker("db", window = 10, min_calls = 20))] //~ ERROR can never be reached in a `window` of 10
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
