use resilience_runtime::resilient;

#[resilient(bulkhead = POOL)] //~ ERROR cannot find value `POOL`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
