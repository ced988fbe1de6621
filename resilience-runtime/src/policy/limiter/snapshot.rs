//! How a limiter is doing.

use core::time::Duration;

/// How a rate limiter is doing, at one moment.
///
/// ```
/// use resilience_runtime::{Rate, RateLimitConfig, RateLimiter};
///
/// let limiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_hour(2)));
/// limiter.try_acquire().expect("the first");
/// assert_eq!(limiter.snapshot().available, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitSnapshot {
    /// How many calls without a key would be admitted at once, beside those that threads have leased tokens for.
    pub available: u32,
    /// Tokens that threads have leased and not yet used; zero where nothing is leased.
    pub leased: u64,
    /// How long the next call without a key would have to wait; zero when it would be admitted.
    pub retry_after: Duration,
    /// Calls that wait for their turn, with keys and without.
    pub waiting: u64,
    /// Calls that were refused, since the limiter was made or [reset](super::RateLimiter::reset).
    pub rejections: u64,
    /// Keys that are remembered.
    pub keys: u32,
}
