use resilience_runtime::resilient;

const QUEUE: u32 = 0;

#[resilient(bulkhead(10, queue = QUEUE, priority = 3))] //~ ERROR `priority` has no effect with a `queue` of 0
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
