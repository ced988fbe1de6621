use resilience_runtime::resilient;

#[resilient(throttle = 2.0)] //~ ERROR write `throttle(k = 2.0)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
