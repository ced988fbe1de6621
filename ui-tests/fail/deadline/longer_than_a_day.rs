use resilience_runtime::resilient;

#[resilient(deadline = "2d")] //~ ERROR is longer than a day
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
