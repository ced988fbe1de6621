use resilience_runtime::resilient;

#[resilient(retry = "exp", retry_after_max = "0s")] //~ ERROR `retry_after_max` must be longer than zero
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
