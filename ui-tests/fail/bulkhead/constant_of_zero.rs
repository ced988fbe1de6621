use resilience_runtime::resilient;

const MAX: u32 = 0;

#[resilient(bulkhead(max = MAX))] //~ ERROR a bulkhead must let at least 1 call run
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
