use resilience_runtime::resilient;

#[resilient(retry = "none", max = 5)] //~ ERROR `max` has no effect with `retry = "none"`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
