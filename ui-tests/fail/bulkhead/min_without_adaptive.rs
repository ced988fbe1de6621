use resilience_runtime::resilient;

#[resilient(bulkhead(10, min = 2))] //~ ERROR `min` has no effect without `adaptive`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
