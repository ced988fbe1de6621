use std::rc::Rc;

use async_trait::async_trait;
use resilience_runtime::resilient;

#[async_trait]
trait Store {
    async fn load(&self, id: u64) -> std::io::Result<u64>;
}

struct Db;

#[async_trait]
impl Store for Db {
    #[resilient(retry = "exp")]
    async fn load(&self, id: u64) -> std::io::Result<u64> { //~ ERROR future cannot be sent between threads safely
        let shared = Rc::new(id);
        tokio::task::yield_now().await;
        Ok(*shared)
    }
}

fn main() {}
