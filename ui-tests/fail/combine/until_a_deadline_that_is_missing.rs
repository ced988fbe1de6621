use resilience_runtime::resilient;

#[resilient(retry = "exp", max = "deadline")] //~ ERROR needs a deadline
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
