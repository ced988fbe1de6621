use resilience_runtime::resilient;

#[resilient(bulkhead = -1)] //~ ERROR `-1` is not a count
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
