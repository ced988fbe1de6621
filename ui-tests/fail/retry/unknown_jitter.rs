use resilience_runtime::resilient;

#[resilient(retry = "exp", jitter = "ful")] //~ ERROR did you mean `full`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
