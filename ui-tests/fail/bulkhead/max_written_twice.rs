use resilience_runtime::resilient;

#[resilient(bulkhead(10, max = 20))] //~ ERROR `bulkhead(..)` begins with its `max`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
