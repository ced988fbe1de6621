use resilience_runtime::resilient;

#[resilient(retry = "exp", base = "20s")] //~ ERROR shorter than `base` of 20s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
