use resilience_runtime::resilient;

#[resilient(timeout = "1s", level = "loud")] //~ ERROR `loud` is not a level
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
