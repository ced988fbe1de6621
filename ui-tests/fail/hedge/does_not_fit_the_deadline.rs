use resilience_runtime::resilient;

#[resilient(retry = "fixed", max = 3, hedge("500ms", max = 2), idempotent, timeout = "1s", deadline = "5s")] //~ ERROR which exceeds `deadline` of 5s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
