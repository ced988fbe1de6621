use resilience_runtime::resilient;

#[resilient(breaker("db", failure_rate = 4.0 / 3.0))] //~ ERROR `failure_rate` must be above 0
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
