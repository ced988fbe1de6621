use resilience_runtime::resilient;

#[resilient(coalesce = "1s")] //~ ERROR `coalesce` takes no value
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

#[derive(Clone)]
struct DbError;

fn main() {}
