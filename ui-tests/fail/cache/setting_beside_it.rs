use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "60s", capacity = 5)] //~ ERROR `capacity` belongs in `cache(..)`
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
