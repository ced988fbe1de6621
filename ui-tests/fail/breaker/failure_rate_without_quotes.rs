use resilience_runtime::resilient;

#[resilient(breaker("db", failure_rate = 50%))] //~ ERROR needs quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
