use resilience_runtime::resilient;

#[resilient(rate_limiter = "100/s")] //~ ERROR did you mean `rate_limit`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
