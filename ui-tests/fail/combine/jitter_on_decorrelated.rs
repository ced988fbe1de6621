use resilience_runtime::resilient;

#[resilient(retry = "decorrelated", jitter = "full")] //~ ERROR which is a jitter itself
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
