use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 20, wait = "2s"), deadline = "1s")] //~ ERROR `wait` of 2s must be shorter than `deadline` of 1s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
