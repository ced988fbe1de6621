use resilience_runtime::resilient;

#[resilient(breaker("db", slow_rate = "50%", slow_call = "5s"), timeout = "1s")] //~ ERROR `slow_call` of 5s must be shorter
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
