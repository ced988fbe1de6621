use resilience_runtime::resilient;

#[resilient(deadline = "0ms")] //~ ERROR `deadline` must be longer than zero
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
