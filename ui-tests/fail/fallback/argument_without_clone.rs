use std::io;

use resilience_runtime::resilient;

struct Order(u64);

#[resilient(fallback = cached)]
async fn load(order: Order) -> io::Result<u64> { //~ ERROR `Order` cannot be cloned
    Ok(order.0)
}

fn cached(order: Order) -> io::Result<u64> {
    Ok(order.0)
}

fn main() {}
