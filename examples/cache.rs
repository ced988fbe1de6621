//! A slow lookup whose answers are given again, and shared: asked by many at once, then again, then when the answers are too
//! old, with the backend dead.
//! `cargo run --example cache --features cache`

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use resilience_runtime::{Cache, resilient};
use tokio::time::sleep;

static IS_DEAD: AtomicBool = AtomicBool::new(false);
static EXECUTIONS: AtomicU32 = AtomicU32::new(0);

#[resilient(
    retry = "fixed",
    max = 2,
    base = "5ms",
    cache("50ms", stale_if_error = "1m", name = "users"),
    coalesce,
    name = "load_user"
)]
async fn load_user(id: u64) -> Result<String, ErrorKind> {
    EXECUTIONS.fetch_add(1, Ordering::Relaxed);
    sleep(Duration::from_millis(10)).await;
    if IS_DEAD.load(Ordering::Relaxed) {
        return Err(ErrorKind::ConnectionRefused);
    }
    Ok(format!("user {id}"))
}

async fn call(title: &str) {
    let before = EXECUTIONS.load(Ordering::Relaxed);
    let answer = load_user(7).await;
    let executions = EXECUTIONS.load(Ordering::Relaxed) - before;
    println!("{title:<24} {executions} executions  {answer:?}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let before = EXECUTIONS.load(Ordering::Relaxed);
    let answers = tokio::join!(load_user(7), load_user(7), load_user(7));
    let executions = EXECUTIONS.load(Ordering::Relaxed) - before;
    println!("{:<24} {executions} executions  {answers:?}", "three at once");
    call("again").await;
    IS_DEAD.store(true, Ordering::Relaxed);
    call("dead, and still fresh").await;
    sleep(Duration::from_millis(60)).await;
    call("dead, and too old").await;
    let users = Cache::named("users");
    println!("{:?}", users.map(Cache::snapshot));
    if let Some(users) = users {
        users.clear();
    }
    call("dead, and forgotten").await;
}
