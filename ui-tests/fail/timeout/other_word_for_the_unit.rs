use resilience_runtime::resilient;

#[resilient(timeout = "1 minute")] //~ ERROR is not a duration; write "1m"
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
