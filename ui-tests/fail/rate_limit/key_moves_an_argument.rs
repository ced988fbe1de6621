use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", key = domain(address)))]
async fn load(address: String) -> std::io::Result<usize> { //~ ERROR use of moved value: `address`
    Ok(address.len())
}

fn domain(address: String) -> String {
    address.split('@').next().unwrap_or_default().to_owned()
}

fn main() {}
