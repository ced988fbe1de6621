use resilience_runtime::resilient;

#[resilient(timeout = 250ms)] //~ ERROR needs quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
