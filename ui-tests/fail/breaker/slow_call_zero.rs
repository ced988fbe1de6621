use resilience_runtime::resilient;

#[resilient(breaker("db", slow_rate = "50%", slow_call = "0s"))] //~ ERROR `slow_call` must be longer than 0s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
