use resilience_runtime::resilient;

struct Order(u64);

#[resilient(retry = "exp")]
async fn pay(order: Order) -> std::io::Result<u64> { //~ ERROR `Order` cannot be cloned
    Ok(order.0)
}

fn main() {}
