use resilience_runtime::resilient;

const WINDOW: u32 = 10;

#[resilient(breaker("db", failures = WINDOW + 1, window = 10))] //~ ERROR can never be reached in a `window` of 10
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
