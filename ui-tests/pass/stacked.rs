//! Two attributes on one function: the first one is outside.

use std::io;

use resilience_runtime::{RejectedKind, Rejected, resilient};
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(5);

#[resilient(retry = "fixed", max = 3)]
#[resilient(retry = "fixed", max = 2, timeout = "1s")]
async fn load(name: String, mut count: u32) -> io::Result<String> {
    count += 1;
    FLAKY.run()?;
    Ok(format!("{name}{count}"))
}

#[resilient(timeout = "1s")]
#[resilient(retry = "fixed", max = 3, base = "400ms")]
async fn limited_as_a_whole() -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

#[resilient(deadline = "500ms")]
#[resilient(retry = "fixed", max = 3, base = "400ms")]
async fn limited_with_its_waits() -> Result<(), Box<dyn std::error::Error>> {
    Err("no".into())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(load("a".to_owned(), 0).await.unwrap(), "a1");
    assert_eq!(FLAKY.runs(), 6);
    assert!(limited_as_a_whole().await.is_err());
    let error = limited_with_its_waits().await.unwrap_err();
    // The wait that would pass the deadline is not begun.
    assert!(error.downcast_ref::<Rejected>().is_none_or(|it| it.kind() == RejectedKind::Deadline));
}
