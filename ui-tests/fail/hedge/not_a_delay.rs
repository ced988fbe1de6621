use resilience_runtime::resilient;

#[resilient(hedge = "soon", idempotent)] //~ ERROR `soon` is not a delay
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
