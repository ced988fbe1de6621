use resilience_runtime::resilient;

#[resilient(rate_limit(burst = 20))] //~ ERROR `rate_limit(..)` begins with a rate or a name
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
