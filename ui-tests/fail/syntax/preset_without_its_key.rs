use resilience_runtime::resilient;

#[resilient(standard)] //~ ERROR write `preset = "standard"`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
