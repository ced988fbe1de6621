use resilience_runtime::resilient;

#[resilient(hedge = p95, idempotent)] //~ ERROR `p95` needs quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
