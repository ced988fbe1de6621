use resilience_runtime::resilient;

#[resilient(bulkhead = "")] //~ ERROR a bulkhead's name cannot be empty
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
