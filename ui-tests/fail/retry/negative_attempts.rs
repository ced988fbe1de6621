use resilience_runtime::resilient;

#[resilient(retry = "exp", max = -3)] //~ ERROR is not a number of attempts
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
