use resilience_runtime::resilient;

#[resilient(breaker("db", slow_rate = "0%", slow_call = "2s"))] //~ ERROR `slow_rate` must be above 0 and at most 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
