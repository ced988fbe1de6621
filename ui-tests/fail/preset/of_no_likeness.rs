use resilience_runtime::resilient;

#[resilient(preset = "web", max = 5)] //~ ERROR `web` is not a preset
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
