use resilience_runtime::resilient;

#[resilient(retry = "exp", budget = "0%")] //~ ERROR the `ratio` of a budget must be above 0
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
