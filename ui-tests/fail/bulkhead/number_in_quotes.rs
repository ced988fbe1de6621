use resilience_runtime::resilient;

#[resilient(bulkhead = "10")] //~ ERROR write the number without quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
