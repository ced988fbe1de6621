//! The trait of everything that can tell how long to wait before a retry.

use core::time::Duration;

use crate::policy::retry::Backoff;
use crate::rng::Rng;

/// Tells how long to wait before a retry.
///
/// [`Backoff`] implements it and covers the usual schedules. Implement it for a schedule of your own: it only
/// chooses delays; whether to retry at all, `max`, the deadline and a server's `retry_after` stay with the
/// attribute. Delays are used as they are: `cap` belongs to [`Backoff`] and does not limit them. A delay that
/// would pass the deadline is not begun.
///
/// One value serves all calls of a function at the same time and has no memory of any of them: what a delay
/// depends on comes in as arguments.
///
/// # Panics
///
/// A panic in [`delay`](Self::delay) goes to the caller of the annotated function; no further attempt is made.
///
/// # Examples
///
/// The attribute takes the type by its path:
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use std::time::Duration;
///
/// use resilience_runtime::{BackoffPolicy, Rng, resilient};
///
/// /// Two quick retries for a lost connection, then slow ones for a restart.
/// struct QuickThenSlow;
///
/// impl BackoffPolicy for QuickThenSlow {
///     fn delay(&self, retry: u32, _previous: Duration, rng: &mut Rng) -> Duration {
///         let longest = if retry <= 2 { Duration::from_millis(50) } else { Duration::from_secs(5) };
///         longest.mul_f64(rng.fraction())
///     }
/// }
///
/// #[resilient(retry = QuickThenSlow, max = 6)]
/// async fn load(path: &str) -> std::io::Result<String> {
///     std::fs::read_to_string(path)
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// # assert!(load("no such file").await.is_err());
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no backoff; implement `BackoffPolicy` for it, or name a strategy, like `retry = \"exp_jitter\"`",
    label = "this type does not implement `BackoffPolicy`"
)]
pub trait BackoffPolicy: Send + Sync {
    /// The delay before the `retry`-th retry.
    ///
    /// `retry` counts from 1. `previous` is what this policy chose before the previous retry, and zero before
    /// the first; it is what was *chosen*, also where a server's `retry_after` was waited for instead. Draw
    /// random numbers from `rng`, so that tests can seed them.
    fn delay(&self, retry: u32, previous: Duration, rng: &mut Rng) -> Duration;
}

#[diagnostic::do_not_recommend]
impl BackoffPolicy for Backoff {
    fn delay(&self, retry: u32, previous: Duration, rng: &mut Rng) -> Duration {
        self.draw(retry, previous, rng)
    }
}
