use std::rc::Rc;

use resilience_runtime::resilient;

#[resilient(retry = "exp", timeout = "1s")]
async fn load(id: u64) -> std::io::Result<u64> {
    let shared = Rc::new(id);
    tokio::task::yield_now().await;
    Ok(*shared)
}

fn spawn(_future: impl Future + Send) {}

fn main() {
    spawn(load(1)); //~ ERROR future cannot be sent between threads safely
}
