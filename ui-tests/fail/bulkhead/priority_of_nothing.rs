use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 20, wait = "1s", priority = rank))] //~ ERROR cannot find value `rank`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
