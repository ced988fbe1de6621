use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotency_key = Some(7))] //~ ERROR cannot be an `idempotency_key`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
