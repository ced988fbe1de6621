//! What all cases do: an operation that answers at once, or at the second poll, or fails.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::hint::{self, black_box};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use resilience_runtime::Rejected;

/// One number, so that a result is two registers.
///
/// Anything that takes less, or more, is put together in memory and read back in other pieces, for which the processor
/// waits longer than for most policies: then how a result is copied is measured, and little else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(u64);

impl Error {
    /// The operation itself.
    pub const FAILED: Self = Self(u64::MAX);
    /// One of the peers' policies.
    pub const REFUSED: Self = Self(u64::MAX - 1);
}

impl From<Rejected> for Error {
    /// Looks at the time, so that it has to be known.
    fn from(rejected: Rejected) -> Self {
        rejected.retry_after().map_or(Self::REFUSED, |time| Self(u64::from(time.subsec_nanos())))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed")
    }
}

impl StdError for Error {}

/// Succeeds at once.
///
/// # Errors
///
/// For the largest number.
pub async fn operation(n: u64) -> Result<u64, Error> {
    work(n)
}

/// Fails for every fourth number, at once.
///
/// # Errors
///
/// For every fourth number.
pub async fn sometimes(n: u64) -> Result<u64, Error> {
    work(if n.is_multiple_of(4) { u64::MAX } else { n })
}

/// Fails at once, whatever the number.
///
/// # Errors
///
/// Always, but the compiler does not know.
pub async fn failing(n: u64) -> Result<u64, Error> {
    work(black_box(u64::MAX)).and(Ok(n))
}

/// What the compiler cannot look into: one number fails.
///
/// Not the `async` functions are kept apart, for then their futures, made at one place and moved to another, would cost
/// more than what is measured.
#[inline(never)]
fn work(n: u64) -> Result<u64, Error> {
    if n == u64::MAX { Err(Error::FAILED) } else { Ok(n) }
}

/// Succeeds at the second poll, which it asks for at the first.
///
/// # Errors
///
/// For the largest number.
pub async fn later(n: u64) -> Result<u64, Error> {
    let mut polled = false;
    poll_fn(|context| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    operation(n).await
}

/// Polls a future where it stands until it is ready, which nearly all are at once; a peer's lock may not be, where two
/// threads want it.
///
/// By reference: one that is handed over by value is copied first, and large ones longer than they run.
#[inline]
#[must_use]
pub fn ready<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        hint::spin_loop();
    }
}
