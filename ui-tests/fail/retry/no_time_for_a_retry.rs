use resilience_runtime::resilient;

#[resilient(retry = "fixed", base = "5s", max = "deadline", deadline = "1s")] //~ ERROR leaves no time for a retry
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
