use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", key = tenant, max_keys = 0))] //~ ERROR `max_keys` must be at least 1
async fn load(tenant: String) -> std::io::Result<usize> {
    Ok(tenant.len())
}

fn main() {}
