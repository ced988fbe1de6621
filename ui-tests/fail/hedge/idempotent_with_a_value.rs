use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotent = true)] //~ ERROR `idempotent` takes no value
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
