use resilience_runtime::resilient;

#[resilient(rate_limit = "100/0s")] //~ ERROR the period of `rate` must be longer than 0s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
