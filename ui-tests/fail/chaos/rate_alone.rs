use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos = "5%")] //~ ERROR write the rate of a fault
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
