use resilience_runtime::resilient;

#[resilient(breaker = "")] //~ ERROR a breaker's name cannot be empty
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
