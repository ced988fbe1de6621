use resilience_runtime::resilient;

#[resilient(retry("exp", "fixed"))] //~ ERROR only the first value in `retry(..)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
