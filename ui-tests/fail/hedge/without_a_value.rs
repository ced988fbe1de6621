use resilience_runtime::resilient;

#[resilient(hedge, idempotent)] //~ ERROR `hedge` needs a delay
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
