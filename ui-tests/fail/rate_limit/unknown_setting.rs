use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", bursts = 3))] //~ ERROR did you mean `burst`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
