use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos)] //~ ERROR `chaos` needs a fault to inject
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
