use resilience_runtime::resilient;

#[resilient(retry = "exp", base = "2s", cap = "1s")] //~ ERROR `cap` of 1s is shorter than `base` of 2s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
