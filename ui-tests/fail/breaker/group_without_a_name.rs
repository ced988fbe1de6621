use resilience_runtime::resilient;

#[resilient(breaker(consecutive = 3))] //~ ERROR begins with a name
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
