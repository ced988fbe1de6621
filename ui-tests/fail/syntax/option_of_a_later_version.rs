use resilience_runtime::resilient;

#[resilient(rate_limit = "100/s")] //~ ERROR `rate_limit` is not available in this version
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
