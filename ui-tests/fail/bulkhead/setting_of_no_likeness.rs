use resilience_runtime::resilient;

#[resilient(bulkhead(10, colour = 3))] //~ ERROR `bulkhead(..)` takes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
