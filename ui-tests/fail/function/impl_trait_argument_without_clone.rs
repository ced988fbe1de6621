use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn pay(order: impl Into<u64>) -> std::io::Result<u64> { //~ ERROR cannot be cloned
    Ok(order.into())
}

fn main() {}
