use resilience_runtime::resilient;

#[resilient(preset = "batch", bulkhead(queue = 5, wait = "1s"))] //~ ERROR the preset has no bulkhead to change
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
