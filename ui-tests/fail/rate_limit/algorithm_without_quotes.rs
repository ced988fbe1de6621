use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", algorithm = token_bucket))] //~ ERROR write it in quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
