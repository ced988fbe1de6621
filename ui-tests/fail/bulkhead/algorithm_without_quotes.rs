use resilience_runtime::resilient;

#[resilient(bulkhead("db", max = 50, adaptive = aimd))] //~ ERROR write it in quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
