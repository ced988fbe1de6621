use resilience_runtime::resilient;

#[resilient(timeout = "0s")] //~ ERROR `timeout` must be longer than zero
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
