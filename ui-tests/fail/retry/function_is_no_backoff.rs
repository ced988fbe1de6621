use resilience_runtime::resilient;

const fn seconds() -> u64 {
    5
}

#[resilient(retry = seconds)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
