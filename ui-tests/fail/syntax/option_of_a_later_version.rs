use resilience_runtime::resilient;

#[resilient(coalesce = "1s")] //~ ERROR `coalesce` is not available in this version
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
