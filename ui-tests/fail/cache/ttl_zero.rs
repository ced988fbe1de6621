use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "0s")] //~ ERROR must be longer than 0s, or nothing is remembered
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
