use resilience_runtime::resilient;

#[resilient(retry = "exp", budget = "20%", floor = 5)] //~ ERROR `floor` belongs in `budget(..)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
