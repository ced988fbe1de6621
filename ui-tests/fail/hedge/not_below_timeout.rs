use resilience_runtime::resilient;

#[resilient(hedge = "2s", idempotent, timeout = "2s", deadline = "1m")] //~ ERROR `hedge` of 2s must be shorter than `timeout` of 2s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
