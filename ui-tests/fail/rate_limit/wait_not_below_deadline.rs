use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", wait = "2s"), deadline = "2s")] //~ ERROR `wait` of 2s must be shorter than `deadline` of 2s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
