use resilience_runtime::resilient;

#[resilient(rate_limit = "0/s")] //~ ERROR `rate` must admit at least 1 call
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
