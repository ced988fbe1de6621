use resilience_runtime::resilient;

const NONE: u32 = 0;

#[resilient(breaker("db", consecutive = 10 / NONE))] //~ ERROR attempt to divide `10_u32` by zero
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
