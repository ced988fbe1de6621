use resilience_runtime::resilient;

async fn query() -> std::io::Result<u32> {
    Ok(1)
}

#[resilient(retry = "exp")]
fn load() -> std::io::Result<u32> {
    query().await //~ ERROR `await` is only allowed inside `async` functions and blocks
}

fn main() {
    let _ = load();
}
