use resilience_runtime::resilient;

#[resilient("exp_jitter")] //~ ERROR a value needs its key
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
