use resilience_runtime::resilient;

#[resilient(cache = "1s")] //~ ERROR `cache` is not available in this version
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
