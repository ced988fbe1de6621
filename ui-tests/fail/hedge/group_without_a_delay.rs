use resilience_runtime::resilient;

#[resilient(hedge(max = 2), idempotent)] //~ ERROR `hedge(..)` begins with a delay
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
