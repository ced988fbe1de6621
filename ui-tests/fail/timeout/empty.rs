use resilience_runtime::resilient;

#[resilient(timeout = "")] //~ ERROR is not a duration
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
