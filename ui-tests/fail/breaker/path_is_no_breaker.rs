use resilience_runtime::resilient;

static DB: &str = "db";

#[resilient(breaker = DB)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
