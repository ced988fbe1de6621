use resilience_runtime::resilient;

#[resilient(preset = "batch", retry = "none", timeout = "1s", deadline = "10s")] //~ ERROR `wait` of 10s must be shorter
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
