use std::rc::Rc;

use resilience_runtime::resilient;

trait Store {
    fn load(&self, id: u64) -> impl Future<Output = std::io::Result<u64>> + Send;
}

struct Db;

impl Store for Db {
    #[resilient(retry = "exp")]
    async fn load(&self, id: u64) -> std::io::Result<u64> { //~ ERROR future cannot be sent between threads safely
        let shared = Rc::new(id);
        tokio::task::yield_now().await;
        Ok(*shared)
    }
}

fn main() {}
