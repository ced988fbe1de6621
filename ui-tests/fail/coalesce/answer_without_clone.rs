use resilience_runtime::resilient;

#[resilient(coalesce)]
async fn load(id: u32) -> Result<User, DbError> { //~ ERROR `coalesce` cannot give `User` to several calls
    Ok(User(id))
}

struct User(u32);

#[derive(Clone)]
struct DbError;

fn main() {}
