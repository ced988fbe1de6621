use resilience_runtime::resilient;

#[resilient(retry = "exp", max = "3")] //~ ERROR write the number without quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
