use resilience_runtime::resilient;

#[resilient(timeout = 5)] //~ ERROR has no unit
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
