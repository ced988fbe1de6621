use async_trait::async_trait;
use resilience_runtime::resilient;

struct Order(u64);
struct Db;

#[async_trait]
trait Store {
    async fn pay(&self, order: Order) -> std::io::Result<u64>;
}

#[async_trait]
impl Store for Db {
    #[resilient(retry = "exp")]
    async fn pay(&self, order: Order) -> std::io::Result<u64> { //~ ERROR `Order` cannot be cloned
        Ok(order.0)
    }
}

fn main() {}
