use resilience_runtime::resilient;

#[resilient(max_retries = 3)] //~ ERROR did you mean `max`, which counts the first attempt too?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
