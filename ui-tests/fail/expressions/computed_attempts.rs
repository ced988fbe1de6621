use resilience_runtime::resilient;

const RETRIES: u32 = 2;

#[resilient(retry = "exp", max = RETRIES + 1 - 3)] //~ ERROR `max` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
