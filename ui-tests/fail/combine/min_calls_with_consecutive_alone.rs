use resilience_runtime::resilient;

#[resilient(breaker("db", consecutive = 3, min_calls = 10))] //~ ERROR `min_calls` has no effect with `consecutive` alone
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
