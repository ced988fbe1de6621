use resilience_runtime::resilient;

static POOL: &str = "pool";

#[resilient(bulkhead = POOL)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
