use resilience_runtime::resilient;

#[resilient(retry = "exp", factor = 0.5)] //~ ERROR `factor` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
