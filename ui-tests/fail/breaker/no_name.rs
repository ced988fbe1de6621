use resilience_runtime::resilient;

#[resilient(breaker)] //~ ERROR `breaker` needs a name
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
