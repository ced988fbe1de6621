use resilience_runtime::resilient;

#[resilient(rate_limit = "100")] //~ ERROR `100` says no time
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
