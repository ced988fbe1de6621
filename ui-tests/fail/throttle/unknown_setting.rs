use resilience_runtime::resilient;

#[resilient(throttle("db", windw = "1m"))] //~ ERROR did you mean `window`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
