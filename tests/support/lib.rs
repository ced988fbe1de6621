//! What the behaviour tests share.

pub mod watch;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Runs `future` for `time`, which is not enough for it, and drops it.
///
/// # Panics
///
/// When it was enough.
#[expect(
    clippy::disallowed_methods,
    reason = "what drops the future is to be another than the runtime itself"
)]
pub async fn drop_after(time: Duration, future: impl Future) {
    assert!(tokio::time::timeout(time, future).await.is_err(), "it was over before");
}

/// Polls `future` once, with nobody to wake.
pub fn poll_once<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}
