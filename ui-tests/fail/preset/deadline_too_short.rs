use resilience_runtime::resilient;

#[resilient(preset = "critical", deadline = "1m")] //~ ERROR 4 attempts of up to 30s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
