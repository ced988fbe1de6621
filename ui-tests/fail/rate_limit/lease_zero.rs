use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", lease = 0))] //~ ERROR `lease` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
