use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(latency = "0s", latency_rate = "5%"))] //~ ERROR longer than 0s
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
