use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn pay<T: Into<u64>>(order: T) -> std::io::Result<u64> { //~ ERROR `T` cannot be cloned
    Ok(order.into())
}

fn main() {}
