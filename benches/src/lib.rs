//! The functions that are measured: one operation, bare, under a loop by hand, and under the attribute.
//!
//! The operation is ready at once and succeeds, which is what a healthy call does.

#[cfg(feature = "otel")]
pub mod metered;

use std::future::Future;
use std::hint::black_box;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use resilience_runtime::{Breaker, BreakerConfig, Rejected, resilient};
use tracing::subscriber::{NoSubscriber, set_global_default};

/// The operation, without anything around it.
///
/// # Errors
///
/// Never, but the compiler cannot know.
#[expect(clippy::unused_async, reason = "an operation that is ready at once is the point")]
#[inline(never)]
pub async fn bare(n: u64) -> io::Result<u64> {
    black_box(Ok(n))
}

/// What a retry looks like by hand.
///
/// # Errors
///
/// The last one of the operation.
#[expect(clippy::disallowed_methods, reason = "a loop by hand sleeps by hand")]
pub async fn by_hand(n: u64) -> io::Result<u64> {
    let mut attempts = 1;
    loop {
        match bare(n).await {
            Err(_) if attempts < 3 => attempts += 1,
            result => return result,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A benchmark case that is an annotated function around [`bare`].
macro_rules! annotated {
    ($(#[doc = $doc:literal] $name:ident($($options:tt)*);)*) => {
        $(
            #[doc = $doc]
            ///
            /// # Errors
            ///
            /// Those of the operation, and those of its policies.
            #[resilient($($options)*)]
            pub async fn $name(n: u64) -> io::Result<u64> {
                bare(n).await
            }
        )*
    };
}

annotated! {
    /// Retry alone.
    retry(retry = "exp_jitter");
    /// Timeout alone.
    timeout(timeout = "1s");
    /// Deadline alone, which reads the clock.
    deadline(deadline = "1s");
    /// A breaker that counts failures in a row.
    breaker_consecutive(breaker("consecutive", consecutive = 5));
    /// A breaker over a window of calls.
    breaker_calls(breaker("calls", window = 100));
    /// A breaker over a window of time, the default.
    breaker_time(breaker = "time");
    /// A rate limit that is never reached.
    rate_limit(rate_limit = "1000000000/s");
    /// The same, where a thread takes 64 tokens at once.
    rate_limit_leased(rate_limit("1000000000/s", lease = 64));
    /// A bulkhead that is never full.
    bulkhead(bulkhead = 64);
    /// Retry, breaker and timeout, the breaker over a window of calls.
    all_calls(retry = "exp_jitter", breaker("calls", window = 100), timeout = "1s");
    /// Retry, breaker and timeout, with the default breaker.
    all_time(retry = "exp_jitter", breaker = "time", timeout = "1s");
    /// Retry, breaker, rate limit, bulkhead and timeout.
    all_limits(
        retry = "exp_jitter",
        breaker("calls", window = 100),
        rate_limit = "1000000000/s",
        bulkhead = 64,
        timeout = "1s"
    );
    /// Retry, breaker, timeout and deadline, with the default breaker.
    all_deadline(retry = "exp_jitter", breaker = "time", timeout = "1s", deadline = "10s");
}

/// Open once tripped, for longer than anything is measured.
static OPEN: Breaker = Breaker::new("open", BreakerConfig::new().open_for(Duration::from_secs(36_000)));

/// An error that takes a refusal as it is: `io::Error` would allocate.
#[derive(Clone, Copy, Debug)]
pub struct Refused(pub Rejected);

impl From<Rejected> for Refused {
    fn from(rejected: Rejected) -> Self {
        Self(rejected)
    }
}

/// A breaker that is open.
///
/// # Errors
///
/// Always.
#[resilient(breaker = OPEN)]
pub async fn breaker_open(n: u64) -> Result<u64, Refused> {
    Ok(n)
}

/// A call that the open breaker refuses.
///
/// # Errors
///
/// When it was not refused.
pub async fn refused(n: u64) -> io::Result<u64> {
    breaker_open(n).await.map_or_else(|_| Ok(n), |_| Err(io::ErrorKind::Other.into()))
}

/// Polls a future that is ready at once, where it is.
///
/// # Panics
///
/// When it is not ready.
#[inline]
pub fn ready<F: Future>(future: F) -> F::Output {
    #[inline(never)]
    fn poll<F: Future>(future: Pin<&mut F>) -> F::Output {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => unreachable!("the operation is ready at once"),
        }
    }
    poll(pin!(future))
}

/// Makes things as the cases expect them; before the first.
pub fn prepare() {
    OPEN.trip();
    // Never set: but where nobody could ever listen, the linker leaves out that a call asks whether anybody does.
    if std::env::var_os("RESILIENCE_LISTEN").is_some() {
        // There is none before this one.
        let _ = set_global_default(NoSubscriber::default());
    }
}

/// Calls `$run!(name, function)` for each case, once [`prepare`] was called.
#[macro_export]
macro_rules! for_each_case {
    ($run:ident) => {
        $run!("bare", $crate::bare);
        $run!("by hand: retry", $crate::by_hand);
        $run!("retry", $crate::retry);
        $run!("timeout", $crate::timeout);
        $run!("deadline", $crate::deadline);
        $run!("breaker, consecutive", $crate::breaker_consecutive);
        $run!("breaker, window of calls", $crate::breaker_calls);
        $run!("breaker, window of time", $crate::breaker_time);
        $run!("rate limit", $crate::rate_limit);
        $run!("rate limit, leased", $crate::rate_limit_leased);
        $run!("bulkhead", $crate::bulkhead);
        $run!("breaker, open", $crate::refused);
        $run!("retry + breaker (calls) + timeout", $crate::all_calls);
        $run!("retry + breaker (time) + timeout", $crate::all_time);
        $run!("the same + deadline", $crate::all_deadline);
        $run!("retry + all limits + timeout", $crate::all_limits);
    };
}
