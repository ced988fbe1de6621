use resilience_runtime::resilient;

#[resilient(bulkhead = 0)] //~ ERROR a bulkhead must let at least 1 call run
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
