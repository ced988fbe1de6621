use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotent, idempotency_key = 7)] //~ ERROR `idempotent` has no effect beside `idempotency_key`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
