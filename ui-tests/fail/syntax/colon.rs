use resilience_runtime::resilient;

#[resilient(timeout: "2s")] //~ ERROR expected `=` after `timeout`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
