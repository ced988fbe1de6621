use resilience_runtime::resilient;

#[resilient(timeout = "2s",, deadline = "3s")] //~ ERROR nothing stands before this comma
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
