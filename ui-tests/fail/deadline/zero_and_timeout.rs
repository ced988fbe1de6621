use resilience_runtime::resilient;

#[resilient(timeout = "1s", deadline = "0s")] //~ ERROR `deadline` must be longer than zero
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
