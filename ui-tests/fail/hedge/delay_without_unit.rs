use resilience_runtime::resilient;

#[resilient(hedge = 200, idempotent)] //~ ERROR has no unit
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
