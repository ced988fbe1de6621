use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", key = price))] //~ ERROR `f64` cannot be a `key`
async fn load(price: f64) -> std::io::Result<f64> {
    Ok(price)
}

fn main() {}
