use resilience_runtime::resilient;

struct Order(u64);

#[resilient(retry = "exp")]
async fn pay(Order(id): Order) -> std::io::Result<u64> { //~ ERROR `Order` cannot be cloned
    Ok(id)
}

fn main() {}
