use resilience_runtime::resilient;

#[resilient(retry = "exp", retry_after_max = "1m", deadline = "1m")] //~ ERROR `retry_after_max` of 60s has no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
