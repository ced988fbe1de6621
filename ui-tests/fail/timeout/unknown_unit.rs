use resilience_runtime::resilient;

#[resilient(timeout = "2 parsecs")] //~ ERROR is not a duration
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
