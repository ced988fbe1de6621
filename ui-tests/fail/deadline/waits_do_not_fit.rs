use resilience_runtime::resilient;

#[resilient(retry = "exp", max = 5, base = "1s", deadline = "5s")] //~ ERROR 5 attempts wait up to 15s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
