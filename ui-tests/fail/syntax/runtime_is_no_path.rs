use resilience_runtime::resilient;

#[resilient(timeout = "1s", crate = 5)] //~ ERROR expected a path
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
