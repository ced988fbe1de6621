use resilience_runtime::resilient;

#[resilient(retry = "exp", max = 0)] //~ ERROR `max` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
