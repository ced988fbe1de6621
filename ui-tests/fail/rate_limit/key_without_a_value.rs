use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", key))] //~ ERROR `key` needs an expression
async fn load(tenant: String) -> std::io::Result<usize> {
    Ok(tenant.len())
}

fn main() {}
