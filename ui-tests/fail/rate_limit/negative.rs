use resilience_runtime::resilient;

#[resilient(rate_limit = "-1/s")] //~ ERROR `-1/s` is not a rate
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
