use resilience_runtime::resilient;

const MAX: u32 = 10;

#[resilient(bulkhead = MAX)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
