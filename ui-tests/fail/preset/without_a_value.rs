use resilience_runtime::resilient;

#[resilient(preset)] //~ ERROR `preset` needs a value
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
