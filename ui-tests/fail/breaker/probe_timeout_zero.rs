use resilience_runtime::resilient;

#[resilient(breaker("db", probe_timeout = "0s"))] //~ ERROR `probe_timeout` must be longer than 0s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
