use resilience_runtime::resilient;

#[resilient(hedge = "p100", idempotent)] //~ ERROR `hedge` must be between `p0` and `p100`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
