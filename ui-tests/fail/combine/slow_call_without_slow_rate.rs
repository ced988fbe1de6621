use resilience_runtime::resilient;

#[resilient(breaker("db", slow_call = "1s"))] //~ ERROR `slow_call` has no effect without `slow_rate`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
