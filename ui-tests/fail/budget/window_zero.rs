use resilience_runtime::resilient;

#[resilient(retry = "exp", budget("20%", window = "0s"))] //~ ERROR the `window` of a budget must be longer than 0s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
