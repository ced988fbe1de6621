use resilience_runtime::resilient;

enum Steady {}

#[resilient(retry = Steady)] //~ ERROR expected value
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
