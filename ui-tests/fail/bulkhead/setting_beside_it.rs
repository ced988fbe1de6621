use resilience_runtime::resilient;

#[resilient(bulkhead = 10, queue = 20)] //~ ERROR `queue` belongs in `bulkhead(..)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
