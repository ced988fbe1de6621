use resilience_runtime::resilient;

#[resilient(retry = "exponentail")] //~ ERROR unknown strategy
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
