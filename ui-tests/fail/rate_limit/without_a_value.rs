use resilience_runtime::resilient;

#[resilient(rate_limit)] //~ ERROR `rate_limit` needs a rate or a name
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
