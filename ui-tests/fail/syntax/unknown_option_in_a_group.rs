use resilience_runtime::resilient;

#[resilient(retry("exp", colour = 3))] //~ ERROR `retry(..)` takes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
