use resilience_runtime::resilient;

#[resilient(retry = "exp", budget = 20)] //~ ERROR is not a ratio
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
