use resilience_runtime::resilient;

#[resilient(rate_limit = "5000000000/s")] //~ ERROR `5000000000` is too large
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
