use resilience_runtime::resilient;

#[resilient(retry = "linear", factor = 2.0)] //~ ERROR only `exp` and `exp_jitter` have a factor
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
