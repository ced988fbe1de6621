use resilience_runtime::resilient;

struct DbError;

#[resilient(cache = "60s")]
async fn load(id: u32) -> Result<User, DbError> { //~ ERROR `cache` cannot give `User` again
    Ok(User(id))
}

struct User(u32);

fn main() {}
