use resilience_runtime::resilient;

#[resilient(retry = 3)] //~ ERROR write `"exp_jitter", max = 3`, which counts the first attempt too
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
