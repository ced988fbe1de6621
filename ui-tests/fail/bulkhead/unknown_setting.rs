use resilience_runtime::resilient;

#[resilient(bulkhead(10, queu = 20))] //~ ERROR did you mean `queue`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
