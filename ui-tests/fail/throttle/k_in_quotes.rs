use resilience_runtime::resilient;

#[resilient(throttle(k = "2.0"))] //~ ERROR without quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
