use resilience_runtime::resilient;

#[resilient(breaker("db", consecutive = 0))] //~ ERROR `consecutive` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
