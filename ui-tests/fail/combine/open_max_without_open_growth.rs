use resilience_runtime::resilient;

#[resilient(breaker("db", open_max = "1m"))] //~ ERROR `open_max` has no effect without `open_growth`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
