use resilience_runtime::resilient;

#[resilient(preset = "critical", hedge = "30s", idempotent)] //~ ERROR must be shorter than `timeout` of
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
