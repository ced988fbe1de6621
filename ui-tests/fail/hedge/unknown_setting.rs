use resilience_runtime::resilient;

#[resilient(hedge("p95", attempts = 2), idempotent)] //~ ERROR unknown option `attempts`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
