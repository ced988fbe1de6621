use resilience_runtime::resilient;

#[resilient(rate_limit("50/s", lease = 64))] //~ ERROR `lease` of 64 is more than the 50 tokens
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
