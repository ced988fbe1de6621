use resilience_runtime::resilient;

#[resilient(breaker("db", max = 5))] //~ ERROR `max` is a setting of `retry`, `hedge` and `bulkhead`, not of `breaker`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
