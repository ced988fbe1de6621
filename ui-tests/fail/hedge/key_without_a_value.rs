use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotency_key)] //~ ERROR `idempotency_key` needs an expression
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
