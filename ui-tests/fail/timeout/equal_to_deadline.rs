use resilience_runtime::resilient;

#[resilient(timeout = "2s", deadline = "2s")] //~ ERROR must be shorter than `deadline` of 2s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
