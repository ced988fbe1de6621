use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", lease = "64"))] //~ ERROR `"64"` is a string
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
