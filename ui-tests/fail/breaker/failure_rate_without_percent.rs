use resilience_runtime::resilient;

#[resilient(breaker("db", failure_rate = 50))] //~ ERROR is not a ratio
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
