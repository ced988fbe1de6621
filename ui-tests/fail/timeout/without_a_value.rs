use resilience_runtime::resilient;

#[resilient(timeout)] //~ ERROR `timeout` needs a value
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
