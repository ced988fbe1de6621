use resilience_runtime::resilient;

#[resilient(bulkhead("adaptive", min = 2))] //~ ERROR add `max`, like `max = 50`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
