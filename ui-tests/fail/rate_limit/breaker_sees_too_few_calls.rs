use resilience_runtime::resilient;

#[resilient(rate_limit = "1/s", breaker("db", window = "5s", min_calls = 10))] //~ ERROR a `window` of 5s sees at most 5 calls
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
