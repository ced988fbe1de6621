use resilience_runtime::resilient;

#[resilient(hedge = "p95th", idempotent)] //~ ERROR `p95th` is not a percentile
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
