use resilience_runtime::resilient;

#[resilient(breaker("db", failures = 0))] //~ ERROR `failures` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
