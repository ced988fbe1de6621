use resilience_runtime::resilient;

#[resilient(throttle(k = -2.0))] //~ ERROR the `k` of a throttle must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
