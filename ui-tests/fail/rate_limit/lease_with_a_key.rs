use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", lease = 64, key = tenant))] //~ ERROR `lease` has no effect with `key`
async fn load(tenant: String) -> std::io::Result<usize> {
    Ok(tenant.len())
}

fn main() {}
