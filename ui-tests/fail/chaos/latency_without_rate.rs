use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(latency = "200ms"))] //~ ERROR `latency` has no effect without `latency_rate`
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
