//! The builder of a preset, and the three that are built in.

use core::time::Duration;

use crate::policy::breaker::{BreakerConfig, Window};
use crate::policy::budget::BudgetConfig;
use crate::policy::bulkhead::BulkheadConfig;
use crate::policy::limiter::{Rate, RateLimitConfig};
use crate::policy::retry::{Backoff, BackoffPolicy, Retry};
use crate::policy::throttle::ThrottleConfig;

/// A set of policies that functions share as a whole: `#[resilient(preset = "critical")]` for a built-in one,
/// `#[resilient(preset = MINE)]` for a constant, from whatever module or crate.
///
/// A `const` builder: [`new`](Self::new) is empty, each method sets one policy, and what starts with `without` takes one
/// out. It begins as well with a built-in one. The attribute overrides it key by key.
///
/// | preset | retry | breaker | timeout | rate limit | budget |
/// |---|---|---|---|---|---|
/// | [`CRITICAL`](Self::CRITICAL) | 4 attempts | 3 failures in 30 s | 30 s | 1000 a second, waits up to 1 s | none |
/// | [`STANDARD`](Self::STANDARD) | 3 attempts | 5 failures in 30 s | 10 s | 500 a second, waits up to 1 s | 20 % |
/// | [`BATCH`](Self::BATCH) | 6 attempts | 10 failures in 60 s | 60 s | 100 a second, waits up to 10 s | none |
///
/// Every setting that is not in the table has its default: delays are those of [`Backoff::exp_jitter`] with a base of
/// 100 ms and a cap of 10 s, a `retry_after` of more than 60 s is not waited for where there is no deadline, a breaker stays
/// open for 30 s, a bucket's burst is the count of its rate. A call over the rate waits for its turn, and no more than 1000
/// can wait at a time. There is no deadline, which is the caller's to choose.
///
/// The builder takes every value; what makes no sense is refused where the attribute uses the preset, at compile time.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use std::io;
/// use std::time::Duration;
///
/// use resilience_runtime::{Backoff, BreakerConfig, Preset, resilient};
///
/// /// For what answers a user who waits.
/// const INTERACTIVE: Preset = Preset::new()
///     .retry(Backoff::exp_jitter(Duration::from_millis(20)), 3)
///     .breaker(BreakerConfig::new().consecutive(5))
///     .timeout(Duration::from_millis(300))
///     .deadline(Duration::from_secs(2));
///
/// #[resilient(preset = INTERACTIVE, timeout = "100ms", breaker = "search")]
/// async fn search(query: &str) -> io::Result<usize> {
///     Ok(query.len())
/// }
/// # let _ = search;
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Preset {
    pub(crate) retry: Option<Retry>,
    pub(crate) budget: Option<BudgetConfig>,
    pub(crate) throttle: Option<ThrottleConfig>,
    pub(crate) breaker: Option<BreakerConfig>,
    pub(crate) rate_limit: Option<RateLimitConfig>,
    pub(crate) bulkhead: Option<BulkheadConfig>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
}

impl Default for Preset {
    fn default() -> Self {
        Self::new()
    }
}

/// Those of the attribute, where only `retry` is named.
pub(super) const BACKOFF: Backoff = Backoff::exp_jitter(Duration::from_millis(100));
pub(super) const MAX: u32 = 3;

const fn failures(number: u32, seconds: u64) -> BreakerConfig {
    BreakerConfig::new().failures(number).window(Window::Time(Duration::from_secs(seconds)))
}

/// Those that wait are as many as come in `wait`, which bounds them and the time they add.
const fn rate(a_second: u32, wait: u64) -> RateLimitConfig {
    RateLimitConfig::new(Rate::per_second(a_second)).wait(Duration::from_secs(wait))
}

impl Preset {
    /// For a call that has to succeed: it is tried often and given time, and its breaker is quick to open.
    pub const CRITICAL: Self = Self::new()
        .retry(BACKOFF, 4)
        .breaker(failures(3, 30))
        .rate_limit(rate(1_000, 1))
        .timeout(Duration::from_secs(30));

    /// For an ordinary call: what `#[resilient]` alone means.
    pub const STANDARD: Self = Self::new()
        .retry(BACKOFF, 3)
        .budget(BudgetConfig::new())
        .breaker(failures(5, 30))
        .rate_limit(rate(500, 1))
        .timeout(Duration::from_secs(10));

    /// For work that nobody waits for: it is slow, patient, and leaves room for the others.
    pub const BATCH: Self = Self::new()
        .retry(BACKOFF, 6)
        .breaker(failures(10, 60))
        .rate_limit(rate(100, 10))
        .timeout(Duration::from_secs(60));

    /// No policy at all.
    pub const fn new() -> Self {
        Self {
            retry: None,
            budget: None,
            throttle: None,
            breaker: None,
            rate_limit: None,
            bulkhead: None,
            timeout: None,
            deadline: None,
        }
    }

    /// Retries after the delays of `backoff`, at most `max` attempts, **the first included**. In the place of another retry
    /// it keeps that one's `retry_after_max`.
    pub const fn retry(self, backoff: Backoff, max: u32) -> Self {
        self.replace_retry(Retry::new(backoff, max))
    }

    /// Retries after the delays of a policy of the program's own, at most `max` attempts, **the first included**. In the
    /// place of another retry it keeps that one's `retry_after_max`.
    pub const fn retry_with(self, policy: &'static dyn BackoffPolicy, max: u32) -> Self {
        self.replace_retry(Retry::with(policy, max))
    }

    const fn replace_retry(mut self, mut retry: Retry) -> Self {
        if let Some(old) = self.retry
            && let Some(longest) = old.retry_after_max()
        {
            retry = retry.with_retry_after_max(longest);
        }
        self.retry = Some(retry);
        self
    }

    /// Another number of attempts, **the first included**, with the same delays. Without a retry it sets nothing.
    pub const fn max(mut self, max: u32) -> Self {
        if let Some(retry) = self.retry {
            self.retry = Some(retry.with_attempts(max));
        }
        self
    }

    /// A bound on what a `retry_after` may ask for; one that is longer is not waited for. Unless set it is 60 s, and with a
    /// deadline that alone. Without a retry it sets nothing.
    pub const fn retry_after_max(mut self, longest: Duration) -> Self {
        if let Some(retry) = self.retry {
            self.retry = Some(retry.with_retry_after_max(longest));
        }
        self
    }

    /// Retries are at most a share of the calls.
    pub const fn budget(mut self, config: BudgetConfig) -> Self {
        self.budget = Some(config);
        self
    }

    /// Sheds calls while the dependency refuses a share of them.
    pub const fn throttle(mut self, config: ThrottleConfig) -> Self {
        self.throttle = Some(config);
        self
    }

    /// Stops calling what keeps failing.
    pub const fn breaker(mut self, config: BreakerConfig) -> Self {
        self.breaker = Some(config);
        self
    }

    /// At most so many calls in so much time.
    pub const fn rate_limit(mut self, config: RateLimitConfig) -> Self {
        self.rate_limit = Some(config);
        self
    }

    /// At most so many calls at once.
    pub const fn bulkhead(mut self, config: BulkheadConfig) -> Self {
        self.bulkhead = Some(config);
        self
    }

    /// Limits each attempt.
    pub const fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Limits the whole call, waits included.
    pub const fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    /// No retry, and no budget for one.
    pub const fn without_retry(mut self) -> Self {
        self.retry = None;
        self.without_budget()
    }

    /// No budget: retries are as many as `max` allows.
    pub const fn without_budget(mut self) -> Self {
        self.budget = None;
        self
    }

    /// No throttle.
    pub const fn without_throttle(mut self) -> Self {
        self.throttle = None;
        self
    }

    /// No breaker.
    pub const fn without_breaker(mut self) -> Self {
        self.breaker = None;
        self
    }

    /// No rate limit.
    pub const fn without_rate_limit(mut self) -> Self {
        self.rate_limit = None;
        self
    }

    /// No bulkhead.
    pub const fn without_bulkhead(mut self) -> Self {
        self.bulkhead = None;
        self
    }

    /// No limit on an attempt.
    pub const fn without_timeout(mut self) -> Self {
        self.timeout = None;
        self
    }

    /// No limit on the whole call.
    pub const fn without_deadline(mut self) -> Self {
        self.deadline = None;
        self
    }
}
