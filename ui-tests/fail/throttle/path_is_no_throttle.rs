use resilience_runtime::resilient;

static DB: &str = "db";

#[resilient(throttle = DB)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
