use resilience_runtime::resilient;

#[resilient(breaker("db", window = "3s"), timeout = "2s")] //~ ERROR a `window` of 3s has forgotten
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
