use resilience_runtime::resilient;

#[resilient(breaker("db", successes = 6))] //~ ERROR can never be reached with 5 `probes`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
