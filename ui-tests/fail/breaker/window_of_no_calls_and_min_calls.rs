use resilience_runtime::resilient;

#[resilient(breaker("db", window = 0, min_calls = 5))] //~ ERROR `window` must hold at least 1 call
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
