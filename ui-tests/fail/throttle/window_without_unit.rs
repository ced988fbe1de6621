use resilience_runtime::resilient;

#[resilient(throttle(window = 120))] //~ ERROR `120` has no unit
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
