use resilience_runtime::resilient;

#[resilient(retry = "fixed", idempotent)] //~ ERROR `idempotent` has no effect without `hedge`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
