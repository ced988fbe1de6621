use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", key = tenant))] //~ ERROR `&T` cannot be a `key`
async fn load<T>(tenant: &T) -> std::io::Result<&T> {
    Ok(tenant)
}

fn main() {}
