use resilience_runtime::resilient;

#[resilient(rate_limit = "1.5/s")] //~ ERROR lets parts of calls through
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
