use resilience_runtime::resilient;

#[resilient(hedge = "48h", idempotent)] //~ ERROR longer than a day
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
