use resilience_runtime::resilient;

struct Order(u64);
struct DbError;

#[resilient(retry = "exp", timeout = "2s")]
async fn pay(
    order: Order, //~ ERROR `Order` cannot be cloned
) -> Result<u64, DbError> { //~ ERROR `DbError`
    Ok(order.0)
}

async fn pay_twice() -> Result<u64, DbError> {
    Ok(pay(Order(1)).await? + pay(Order(2)).await?)
}

fn main() {
    drop(pay_twice());
}
