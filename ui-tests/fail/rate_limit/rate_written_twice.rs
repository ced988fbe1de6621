use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", rate = "50/s"))] //~ ERROR `rate_limit(..)` begins with its `rate`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
