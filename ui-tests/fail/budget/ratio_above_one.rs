use resilience_runtime::resilient;

#[resilient(retry = "exp", budget = "120%")] //~ ERROR the `ratio` of a budget must be above 0 and at most 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
