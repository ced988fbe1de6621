use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 20, wait = "1s", priority = "high"))] //~ ERROR `&str` cannot be a `priority`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
