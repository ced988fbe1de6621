use resilience_runtime::{resilient};

const BURST: u32 = 32;

#[resilient(rate_limit("100000/s", burst = BURST, lease = 64))] //~ ERROR `lease` of 64 is more than the 32 tokens
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
