use resilience_runtime::resilient;

#[resilient(breaker("db", failureRateThreshold = 50))] //~ ERROR did you mean `failure_rate`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
