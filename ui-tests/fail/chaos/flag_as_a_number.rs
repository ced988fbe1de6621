use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(panic_rate = "5%", enabled = 0))] //~ ERROR `0` is not a flag
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
