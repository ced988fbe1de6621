use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", max_keys = 1000))] //~ ERROR `max_keys` has no effect without `key`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
