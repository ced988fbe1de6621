use resilience_runtime::resilient;

#[resilient(timeout = "1s", fields(tenant))] //~ ERROR cannot find value `tenant`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
