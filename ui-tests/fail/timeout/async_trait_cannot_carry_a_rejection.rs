use async_trait::async_trait;
use resilience_runtime::resilient;

struct DbError;

#[async_trait]
trait Store {
    async fn load(&self) -> Result<(), DbError>;
}

struct Db;

#[async_trait]
impl Store for Db {
    #[resilient(timeout = "2s")]
    async fn load(&self) -> Result<(), DbError> { //~ ERROR `DbError`
        Ok(())
    }
}

fn main() {}
