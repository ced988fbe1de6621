//! What the behaviour tests share: operations that answer by a script, and ways to run calls by hand.

#[cfg(feature = "otlp")]
#[path = "../receiver/mod.rs"]
pub mod receiver;
mod run;
mod script;
pub mod watch;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience_runtime::{Breaker, Snapshot, State};

pub use run::{alone, panic_of, pass, poll_at_most, started, timed};
pub use script::{Alive, Answer, Failure, Guard, HINT, Script, play, refusal};

/// A duration of whole milliseconds.
#[must_use]
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A duration of whole seconds.
#[must_use]
pub const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// The breaker of that name, as it is now.
///
/// # Panics
///
/// When no annotated function that names it was called.
#[must_use]
#[track_caller]
pub fn snapshot(name: &str) -> Snapshot {
    Breaker::named(name).expect("a function that names it was called").snapshot()
}

/// The state of the breaker of that name.
///
/// # Panics
///
/// As [`snapshot`].
#[must_use]
#[track_caller]
pub fn state(name: &str) -> State {
    snapshot(name).state
}

/// Calls and failures in the window of the breaker of that name.
///
/// # Panics
///
/// As [`snapshot`].
#[must_use]
#[track_caller]
pub fn counted(name: &str) -> (u64, u64) {
    (snapshot(name).calls, snapshot(name).failures)
}

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
