use resilience_runtime::resilient;

#[resilient(retry = "exp", max = TRIES)] //~ ERROR cannot find value `TRIES`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
