use resilience_runtime::resilient;

#[resilient(hedge = "p95", max = 2, idempotent)] //~ ERROR `max` has no effect without `retry`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
