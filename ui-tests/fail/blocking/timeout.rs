use resilience_runtime::resilient;

#[resilient(retry = "exp", timeout = "2s")] //~ ERROR `timeout` cannot stop a function that is not async
fn load() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = load();
}
