//! Ways to run a call by hand: with a look at the virtual clock, poll by poll, or up to its panic.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Lets virtual time pass.
#[expect(
    clippy::disallowed_methods,
    reason = "stands for the time that a dependency takes; the clock is paused"
)]
pub async fn pass(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Runs `future`: its output, and the virtual time it took.
#[expect(clippy::disallowed_methods, reason = "the clock is paused, and is what the test is about")]
pub async fn timed<T>(future: impl Future<Output = T>) -> (T, Duration) {
    let start = tokio::time::Instant::now();
    let output = future.await;
    (output, start.elapsed())
}

/// Polls `future` once, which leaves it pending; it can be awaited later.
///
/// # Panics
///
/// When it is ready.
#[track_caller]
pub fn started<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the call is over at its first poll");
    future
}

/// Polls `future` whenever it is woken, and drops it after `polls` polls; `None` when that was too early for it.
pub async fn poll_at_most<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|cx| {
        while left > 0 {
            left -= 1;
            match future.as_mut().poll(cx) {
                Poll::Ready(output) => return Poll::Ready(Some(output)),
                Poll::Pending if left > 0 => return Poll::Pending,
                Poll::Pending => {}
            }
        }
        Poll::Ready(None)
    })
    .await
}

/// The message that `future` panics with.
///
/// # Panics
///
/// When it does not.
pub async fn panic_of<F: Future>(future: F) -> String {
    let mut future = pin!(future);
    let payload = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(_)) => panic!("the call ended without a panic"),
        Err(payload) => Poll::Ready(payload),
    })
    .await;
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast::<&str>().map_or_else(|_| String::new(), |text| (*text).to_owned()),
    }
}

/// Runs a test while no other one does: they share the process whose policies they change.
///
/// # Panics
///
/// As the test does.
pub fn alone(test: impl AsyncFnOnce()) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(test());
}
