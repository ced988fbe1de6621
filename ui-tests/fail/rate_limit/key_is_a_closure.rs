use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", key = |tenant| tenant.len()))] //~ ERROR write the expression without `|..|`
async fn load(tenant: String) -> std::io::Result<usize> {
    Ok(tenant.len())
}

fn main() {}
