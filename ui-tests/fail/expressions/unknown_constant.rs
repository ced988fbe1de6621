use resilience_runtime::resilient;

#[resilient(retry = "exp", max = MAX)] //~ ERROR cannot find value `MAX`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
