use resilience_runtime::resilient;

#[resilient(preset = MINE)] //~ ERROR cannot find value `MINE`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
