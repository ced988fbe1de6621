use resilience_runtime::resilient;

#[resilient(breaker("db", consecutive = 3, window = 10))] //~ ERROR `window` has no effect with `consecutive` alone
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
