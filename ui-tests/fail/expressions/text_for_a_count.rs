use resilience_runtime::resilient;

const MAX: &str = "3";

#[resilient(retry = "exp", max = MAX)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
