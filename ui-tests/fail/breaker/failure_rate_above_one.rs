use resilience_runtime::resilient;

#[resilient(breaker("db", failure_rate = "150%"))] //~ ERROR `failure_rate` must be above 0 and at most 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
