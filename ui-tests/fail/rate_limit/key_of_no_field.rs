use resilience_runtime::resilient;

struct Tenant {
    name: String,
}

#[resilient(rate_limit("100/s", key = tenant.id))] //~ ERROR no field `id` on type `Tenant`
async fn load(tenant: Tenant) -> std::io::Result<String> {
    Ok(tenant.name)
}

fn main() {}
