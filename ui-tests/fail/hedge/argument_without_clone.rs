use resilience_runtime::resilient;

struct Order(u32);

#[resilient(hedge = "200ms", idempotent)]
async fn pay(order: Order) -> std::io::Result<u32> { //~ ERROR `Order` cannot be cloned
    Ok(order.0)
}

fn main() {}
