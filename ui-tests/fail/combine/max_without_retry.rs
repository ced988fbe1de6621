use resilience_runtime::resilient;

#[resilient(max = 5)] //~ ERROR `max` has no effect without `retry`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
