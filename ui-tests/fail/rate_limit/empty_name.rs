use resilience_runtime::resilient;

#[resilient(rate_limit = "")] //~ ERROR a rate limit's name cannot be empty
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
