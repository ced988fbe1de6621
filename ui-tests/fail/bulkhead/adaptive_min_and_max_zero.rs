use resilience_runtime::resilient;

#[resilient(bulkhead("adaptive", min = 2, max = 0))] //~ ERROR a bulkhead must let at least 1 call run
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
