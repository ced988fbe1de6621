use resilience_runtime::resilient;

#[resilient(hedge("p95", max = 0), idempotent)] //~ ERROR `max` of `hedge` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
