use resilience_runtime::resilient;

#[resilient(deadline = "1000000d")] //~ ERROR is longer than 500 years
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
