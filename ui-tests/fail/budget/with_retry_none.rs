use resilience_runtime::resilient;

#[resilient(retry = "none", budget = "20%", timeout = "1s")] //~ ERROR `budget` has no effect with `retry = "none"`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
