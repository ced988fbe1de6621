use resilience_runtime::resilient;

#[resilient(retry = "exp", jitter = -0.1)] //~ ERROR `jitter` must be between 0 and 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
