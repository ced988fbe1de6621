use resilience_runtime::resilient;

#[resilient(bulkhead(10, burst = 3))] //~ ERROR `burst` is a setting of `rate_limit`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
