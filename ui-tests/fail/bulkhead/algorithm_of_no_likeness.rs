use resilience_runtime::resilient;

#[resilient(bulkhead("adaptive", algorithm = "vegas", max = 50))] //~ ERROR `vegas` is not an algorithm for an adaptive bulkhead
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
