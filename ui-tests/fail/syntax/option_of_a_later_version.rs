use resilience_runtime::resilient;

#[resilient(hedge = "1s")] //~ ERROR `hedge` is not available in this version
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
