use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(latency_rate = "5%"))] //~ ERROR needs to know how slow
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
