use resilience_runtime::resilient;

#[resilient(rate_limit = "5/m", breaker("db", failure_rate = "25%"))] //~ ERROR a `window` of 60s sees at most 5 calls
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
