use resilience_runtime::resilient;

#[resilient(retry["exp"])] //~ ERROR `retry` takes parentheses
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
