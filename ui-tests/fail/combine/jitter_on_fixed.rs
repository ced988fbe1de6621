use resilience_runtime::resilient;

#[resilient(retry = "fixed", jitter = "full")] //~ ERROR whose waits are all alike
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
