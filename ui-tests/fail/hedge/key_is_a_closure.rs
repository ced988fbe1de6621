use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotency_key = || 7)] //~ ERROR write the expression without `|..|`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
