use resilience_runtime::resilient;

#[resilient(bulkhead("adaptive", algorithm = "gradiant", max = 50))] //~ ERROR did you mean `gradient`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
