use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", key = "tenant"))] //~ ERROR is the same for every call
async fn load(tenant: String) -> std::io::Result<usize> {
    Ok(tenant.len())
}

fn main() {}
