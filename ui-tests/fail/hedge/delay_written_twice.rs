use resilience_runtime::resilient;

#[resilient(hedge("p95", after = "200ms"), idempotent)] //~ ERROR `hedge(..)` begins with its `after`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
