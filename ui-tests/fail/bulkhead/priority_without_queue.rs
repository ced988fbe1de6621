use resilience_runtime::resilient;

#[resilient(bulkhead(10, priority = 3))] //~ ERROR `priority` has no effect without `queue`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
