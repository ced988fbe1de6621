use resilience_runtime::resilient;

#[resilient(timeout("2s"))] //~ ERROR `timeout` takes one value
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
