use resilience_runtime::resilient;

#[resilient(retry = "exp", base = 100)] //~ ERROR has no unit
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
