use resilience_runtime::resilient;

#[resilient(breaker = 5)] //~ ERROR is not a breaker
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
