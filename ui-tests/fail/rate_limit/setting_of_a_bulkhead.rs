use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", queue = 3))] //~ ERROR `queue` is a setting of `bulkhead`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
