use resilience_runtime::resilient;

#[resilient(retry = "exp", budget("20%", floor = 0))] //~ ERROR the `floor` of a budget must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
