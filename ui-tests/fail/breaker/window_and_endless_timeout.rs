use resilience_runtime::resilient;

#[resilient(breaker("db", window = "60s"), timeout = "2d")] //~ ERROR `timeout` of 2d is longer than a day
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
