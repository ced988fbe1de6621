use resilience_runtime::resilient;

#[resilient(breaker("db", failures = 3, window = "30s", min_calls = 10))] //~ ERROR `min_calls` has no effect with `failures`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
