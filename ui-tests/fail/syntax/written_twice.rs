use resilience_runtime::resilient;

#[resilient(timeout = "1s", deadline = "3s", timeout = "2s")] //~ ERROR `timeout` is written twice
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
