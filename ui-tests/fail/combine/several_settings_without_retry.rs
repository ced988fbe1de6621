use resilience_runtime::resilient;

#[resilient(max = 5, base = "1s", cap = "2s")] //~ ERROR `max`, `base` and `cap` have no effect without `retry`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
