use resilience_runtime::resilient;

#[resilient(preset = "batch", cap = "50ms")] //~ ERROR `cap` of 50ms is shorter than `base` of 100ms
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
