use resilience_runtime::resilient;

#[resilient(retry = "banana")] //~ ERROR is not a retry strategy
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
