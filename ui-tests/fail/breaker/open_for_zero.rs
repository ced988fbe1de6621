use resilience_runtime::resilient;

#[resilient(breaker("db", open_for = "0s"))] //~ ERROR `open_for` must be longer than 0s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
