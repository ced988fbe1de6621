use resilience_runtime::resilient;

#[resilient(timeout = "1s", name = "")] //~ ERROR a name cannot be empty
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
