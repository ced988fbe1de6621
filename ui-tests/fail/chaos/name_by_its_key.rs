use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(name = "db", panic_rate = "5%"))] //~ ERROR write `chaos("db", ..)`
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
