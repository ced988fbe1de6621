use resilience_runtime::resilient;

#[resilient(breaker("db", window = "0s"), timeout = "1s")] //~ ERROR `window` must be longer than 0s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
