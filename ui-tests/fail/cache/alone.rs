use resilience_runtime::resilient;

struct DbError;

#[resilient(cache)] //~ ERROR `cache` needs to know how long an answer is given again
async fn load(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

fn main() {}
