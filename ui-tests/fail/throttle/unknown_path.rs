use resilience_runtime::resilient;

#[resilient(throttle = DB)] //~ ERROR cannot find value `DB`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
