use async_trait::async_trait;
use resilience_runtime::resilient;

struct Db;

#[async_trait]
trait Store {
    async fn load(&self) -> Option<u32>;
}

#[async_trait]
impl Store for Db {
    #[resilient(retry = "exp")]
    async fn load(&self) -> Option<u32> { //~ ERROR `Option<u32>`
        Some(1)
    }
}

fn main() {}
