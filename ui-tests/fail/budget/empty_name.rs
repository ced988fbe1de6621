use resilience_runtime::resilient;

#[resilient(retry = "exp", budget = "")] //~ ERROR a budget's name cannot be empty
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
