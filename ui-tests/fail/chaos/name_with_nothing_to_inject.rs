use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos("db", seed = 7, enabled = false))] //~ ERROR `chaos` needs a fault to inject
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
