use resilience_runtime::resilient;

#[resilient(timeout = "1m30s")] //~ ERROR is not a duration
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
