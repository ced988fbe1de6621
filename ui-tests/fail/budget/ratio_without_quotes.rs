use resilience_runtime::resilient;

#[resilient(retry = "exp", budget = 20%)] //~ ERROR needs quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
