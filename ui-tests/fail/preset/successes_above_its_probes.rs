use resilience_runtime::resilient;

#[resilient(preset = "batch", breaker(successes = 6))] //~ ERROR `successes` of 6 can never be reached with 5 `probes`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
