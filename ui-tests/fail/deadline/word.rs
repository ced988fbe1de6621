use resilience_runtime::resilient;

#[resilient(deadline = "tomorrow")] //~ ERROR is not a duration
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
