use resilience_runtime::resilient;

#[resilient(breaker("db", probes = 0))] //~ ERROR `probes` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
