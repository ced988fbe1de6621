use resilience_runtime::resilient;

#[resilient(bulkhead("db", queue = 20))] //~ ERROR `queue` needs `max` beside it
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
