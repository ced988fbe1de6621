use resilience_runtime::resilient;

#[resilient(timeout = "1s", budget = "20%")] //~ ERROR `budget` has no effect without `retry`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
