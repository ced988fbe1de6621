use resilience_runtime::resilient;

#[resilient(bulkhead("adaptive", min = 0, max = 10))] //~ ERROR `min` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
