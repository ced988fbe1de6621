use resilience_runtime::resilient;

#[resilient(rate_limit = 100/s)] //~ ERROR `100/s` needs quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
