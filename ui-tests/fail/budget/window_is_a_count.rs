use resilience_runtime::resilient;

#[resilient(retry = "exp", budget("20%", window = 100))] //~ ERROR `100` has no unit
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
