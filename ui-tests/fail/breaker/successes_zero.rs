use resilience_runtime::resilient;

#[resilient(breaker("db", successes = 0))] //~ ERROR `successes` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
