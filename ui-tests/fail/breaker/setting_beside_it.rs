use resilience_runtime::resilient;

#[resilient(failure_rate = "50%")] //~ ERROR belongs in `breaker(..)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
