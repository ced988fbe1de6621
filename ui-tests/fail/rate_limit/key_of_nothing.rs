use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", key = tenant))] //~ ERROR cannot find value `tenant`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
