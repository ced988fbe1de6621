use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", wait = 50))] //~ ERROR `50` has no unit
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
