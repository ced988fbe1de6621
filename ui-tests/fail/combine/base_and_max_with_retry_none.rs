use resilience_runtime::resilient;

#[resilient(retry("none", base = "1s", max = 2))] //~ ERROR `base` and `max` have no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
