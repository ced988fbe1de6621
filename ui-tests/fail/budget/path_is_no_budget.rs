use resilience_runtime::resilient;

static DB: &str = "db";

#[resilient(retry = "exp", budget = DB)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
