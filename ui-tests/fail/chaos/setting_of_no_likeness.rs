use resilience_runtime::resilient;

struct DbError;

#[resilient(chaos(amount = 0.5))] //~ ERROR unknown option `amount`
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
