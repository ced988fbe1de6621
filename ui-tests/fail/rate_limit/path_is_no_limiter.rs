use resilience_runtime::resilient;

static API: &str = "api";

#[resilient(rate_limit = API)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
