use resilience_runtime::resilient;

const K: f64 = 0.0;

#[resilient(throttle(k = K))] //~ ERROR the `k` of a throttle must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
