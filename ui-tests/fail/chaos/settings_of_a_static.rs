use resilience_runtime::resilient;
use resilience_runtime::chaos::{Chaos, ChaosConfig};

static DB: Chaos = Chaos::new("db", ChaosConfig::new());

struct DbError;

#[resilient(chaos(DB, error = DbError, error_rate = "5%"))] //~ ERROR `error_rate` belongs to the `static`
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
