use resilience_runtime::resilient;

#[resilient(rate_limit = API)] //~ ERROR cannot find value `API`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
