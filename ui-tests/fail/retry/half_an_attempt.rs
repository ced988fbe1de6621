use resilience_runtime::resilient;

#[resilient(retry = "exp", max = 2.5)] //~ ERROR is not a number of attempts
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
