use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "60s")]
async fn load((a, b): (u32, u32)) -> Result<u32, DbError> { //~ ERROR an argument without a name is no part of a key
    Ok(a + b)
}

fn main() {}
