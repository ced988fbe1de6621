use resilience_runtime::resilient;

#[resilient(throttle(window = "0s"))] //~ ERROR the `window` of a throttle must be longer than 0s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
