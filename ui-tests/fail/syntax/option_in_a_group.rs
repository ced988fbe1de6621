use resilience_runtime::resilient;

#[resilient(retry("exp", timeout = "2s"))] //~ ERROR `timeout` does not belong in `retry(..)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
