use resilience_runtime::resilient;

#[resilient(retry = "exp", budget = DB)] //~ ERROR cannot find value `DB`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
