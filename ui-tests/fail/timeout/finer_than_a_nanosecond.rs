use resilience_runtime::resilient;

#[resilient(timeout = "0.5ns")] //~ ERROR is finer than a nanosecond
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
