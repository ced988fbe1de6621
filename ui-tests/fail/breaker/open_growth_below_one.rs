use resilience_runtime::resilient;

#[resilient(breaker("db", open_growth = 0.5))] //~ ERROR `open_growth` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
