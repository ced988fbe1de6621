use resilience_runtime::resilient;

const SHARE: f64 = 20.0;

#[resilient(retry = "exp", budget(ratio = SHARE))] //~ ERROR the `ratio` of a budget must be above 0
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
