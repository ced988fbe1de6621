use resilience_runtime::resilient;

#[resilient(retry = "fixed", base = "8s", deadline = "10s")] //~ ERROR 3 attempts wait up to 16s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
