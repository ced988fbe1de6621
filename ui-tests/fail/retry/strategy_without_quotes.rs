use resilience_runtime::resilient;

#[resilient(retry = exp_jitter)] //~ ERROR write it in quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
