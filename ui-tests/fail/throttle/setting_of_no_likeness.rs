use resilience_runtime::resilient;

#[resilient(throttle("db", colour = 3))] //~ ERROR `throttle(..)` takes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
