use resilience_runtime::resilient;

#[resilient(breaker("db", open_for = "1m", open_growth = 2.0, open_max = "30s"))] //~ ERROR `open_max` of 30s is shorter
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
