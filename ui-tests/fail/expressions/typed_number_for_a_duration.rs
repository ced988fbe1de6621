use resilience_runtime::resilient;

#[resilient(timeout = 5u32)] //~ ERROR is not a duration
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
