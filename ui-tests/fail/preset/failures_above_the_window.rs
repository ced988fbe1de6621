use resilience_runtime::resilient;

#[resilient(preset = "batch", breaker("failures_ui", window = 9))] //~ ERROR `failures` of 10 can never be reached
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
