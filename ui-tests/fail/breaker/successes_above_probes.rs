use resilience_runtime::resilient;

#[resilient(breaker("db", probes = 2, successes = 3))] //~ ERROR can never be reached with 2 `probes`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
