use resilience_runtime::resilient;

#[resilient(rate_limit = "100/x")] //~ ERROR `100/x` is not a rate
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
