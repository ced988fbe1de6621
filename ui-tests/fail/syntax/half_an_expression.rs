use resilience_runtime::resilient;

#[resilient(timeout = "2s" +, deadline = "3s")] //~ ERROR `timeout` takes one expression
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
