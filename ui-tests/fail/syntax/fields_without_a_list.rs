use resilience_runtime::resilient;

#[resilient(timeout = "1s", fields = "id")] //~ ERROR `fields` takes a list
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
