use resilience_runtime::resilient;

#[resilient(bulkhead(queue = 20))] //~ ERROR `bulkhead(..)` begins with a number or a name
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
