use resilience_runtime::resilient;

struct DbError;

#[resilient(cache(USERS, capacity = 5))] //~ ERROR `capacity` belongs to the `static`; set it there
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

static USERS: resilience_runtime::Cache =
    resilience_runtime::Cache::new("users", resilience_runtime::CacheConfig::new(std::time::Duration::from_secs(60)));

fn main() {}
