use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotent, idempotency_key = id)] //~ ERROR `idempotent` has no effect beside `idempotency_key`
async fn load(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

fn main() {}
