use resilience_runtime::resilient;

#[resilient(timeout = "1s", crate = "resilience_runtime")] //~ ERROR write the path without quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
