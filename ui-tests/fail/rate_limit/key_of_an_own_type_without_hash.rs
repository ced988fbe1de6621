use resilience_runtime::resilient;

struct Tenant;

#[resilient(rate_limit("100/s", key = &tenant))] //~ ERROR `&Tenant` cannot be a `key`
async fn load(tenant: Tenant) -> std::io::Result<()> {
    drop(tenant);
    Ok(())
}

fn main() {}
