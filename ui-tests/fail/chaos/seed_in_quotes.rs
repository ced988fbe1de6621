use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(panic_rate = "5%", seed = "7"))] //~ ERROR `7` is not a seed
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
