use resilience_runtime::resilient;

#[resilient(concurrency = 10)] //~ ERROR did you mean `bulkhead`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
