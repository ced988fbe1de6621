use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(error = "lost", error_rate = "5%"))] //~ ERROR mismatched types
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
