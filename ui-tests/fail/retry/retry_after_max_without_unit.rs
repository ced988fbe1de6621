use resilience_runtime::resilient;

#[resilient(retry = "exp", retry_after_max = 60)] //~ ERROR has no unit
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
