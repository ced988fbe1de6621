use resilience_runtime::resilient;

#[resilient(throttle = "")] //~ ERROR a throttle's name cannot be empty
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
