use resilience_runtime::resilient;

#[resilient(throttle, k = 1.5)] //~ ERROR `k` belongs in `throttle(..)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
