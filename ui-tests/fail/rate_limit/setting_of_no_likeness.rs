use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", colour = 3))] //~ ERROR `rate_limit(..)` takes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
