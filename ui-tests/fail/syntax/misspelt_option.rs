use resilience_runtime::resilient;

#[resilient(tiemout = "2s")] //~ ERROR did you mean `timeout`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
