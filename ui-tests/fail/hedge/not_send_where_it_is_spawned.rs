use std::rc::Rc;

use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotent)]
async fn load(id: u32) -> std::io::Result<u32> {
    let shared = Rc::new(id);
    tokio::task::yield_now().await;
    Ok(*shared)
}

fn main() {
    drop(tokio::spawn(load(1))); //~ ERROR future cannot be sent between threads safely
}
