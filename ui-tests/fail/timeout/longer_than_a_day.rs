use resilience_runtime::resilient;

#[resilient(timeout = "36h")] //~ ERROR is longer than a day
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
