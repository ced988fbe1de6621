use resilience_runtime::resilient;

#[resilient(retry = "exp", breaker("db", budget = "20%"))] //~ ERROR `budget` does not belong in `breaker(..)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
