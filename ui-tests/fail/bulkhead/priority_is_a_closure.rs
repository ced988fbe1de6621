use resilience_runtime::resilient;

#[resilient(bulkhead(10, queue = 20, wait = "1s", priority = |rank| rank))] //~ ERROR write the expression without `|..|`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
