use resilience_runtime::resilient;

#[resilient(preset = batch)] //~ ERROR `batch` is the name of a preset
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
