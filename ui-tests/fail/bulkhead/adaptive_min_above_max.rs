use resilience_runtime::resilient;

#[resilient(bulkhead("adaptive", min = 20, max = 10))] //~ ERROR `min` of 20 is above `max` of 10
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
