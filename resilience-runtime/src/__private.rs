//! No semver promise: what generated code calls, and nobody else should.

use core::time::Duration;

pub use linkme;
pub use tracing;
pub use tracing::Level;

pub use crate::__call_span as call_span;
pub use crate::current::idempotency::{IdempotencyKey, Keyed, keyed};
pub use crate::outcome::given::{Give, Given, Makes};
pub use crate::outcome::judge::{Judge, Verdict};
pub use crate::outcome::probe::{CarriesRejected, MethodOutcome, Outcome, Probe, Read, Reject};
#[cfg(feature = "cache")]
pub use crate::policy::answer::kept::Answer;
pub use crate::policy::answer::kept::Shareable;
pub use crate::policy::answer::key::{CacheKey, KeyKind, Part, Seal, Whole, instance};
pub use crate::policy::breaker::{Breaker, BreakerConfig, Window};
pub use crate::policy::budget::{BudgetConfig, RetryBudget};
pub use crate::policy::bulkhead::{Adaptive, Bulkhead, BulkheadConfig};
#[cfg(feature = "cache")]
pub use crate::policy::cache::{Cache, CacheConfig};
#[cfg(feature = "chaos")]
pub use crate::policy::chaos::{Chaos, ChaosConfig};
pub use crate::policy::fallback::{
    Ask, Taken, Takes, WithoutError, call_1, call_2, call_3, call_4, call_5, call_6, call_7, call_8, call_9,
};
pub use crate::policy::hedge::{Hedge, Latencies};
pub use crate::policy::limiter::{Algorithm, Rate, RateLimitConfig, RateLimiter};
pub use crate::policy::preset::Preset;
pub use crate::policy::registry::Source;
pub use crate::policy::retry::{Backoff, Jitter, UNTIL_DEADLINE};
pub use crate::policy::throttle::{Throttle, ThrottleConfig};
pub use crate::site::{SITES, Site, SiteConfig, has};
pub use crate::telemetry::names;

/// Which breaker guards the function.
pub type Guard = Source<Breaker>;

/// The rules of every policy, as functions that fail const evaluation at their caller's place.
pub mod check {
    pub use crate::policy::breaker::check::*;
    pub use crate::policy::budget::check::{budget_floor, budget_ratio, budget_window};
    pub use crate::policy::bulkhead::check::{
        adaptive_bounds, adaptive_latency, adaptive_min, adaptive_start, adaptive_tolerance, bulkhead_fits,
        bulkhead_max, bulkhead_wait, priority_needs_queue, queue_fits,
    };
    #[cfg(feature = "cache")]
    pub use crate::policy::cache::check::{cache_capacity, cache_stale, cache_ttl};
    #[cfg(feature = "chaos")]
    pub use crate::policy::chaos::check::{chaos_latency, chaos_rate, chaos_rates, chaos_release};
    pub use crate::policy::hedge::check::{
        hedge_after, hedge_below_deadline, hedge_below_timeout, hedge_max, hedge_percentile, hedged_timeout,
        plan_hedge,
    };
    pub use crate::policy::limiter::check::{
        burst, lease, lease_fits, limit_wait, max_keys, rate, rate_window,
    };
    pub use crate::policy::preset::check::*;
    pub use crate::policy::retry::check::{
        attempts, backoff, cap, cap_fits, factor, fits_deadline, jitter, retry_after_below_deadline,
        retry_after_max,
    };
    pub use crate::policy::throttle::check::{throttle_k, throttle_window};
    pub use crate::policy::timeout::check::{deadline, timeout, timeout_below_deadline};
}

/// What an override of a preset begins with.
pub mod preset {
    pub use crate::policy::preset::merge::*;
}

/// A duration of whole seconds.
#[must_use]
pub const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// A duration of whole milliseconds.
#[must_use]
pub const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A duration of whole nanoseconds.
#[must_use]
pub const fn nanos(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

/// An edge that is never taken, from the body to its result: with it the compiler reports a wrong type once,
/// at the user's own line.
#[must_use]
pub fn returns<T>() -> T {
    unreachable!("the edge is never taken")
}

/// The future that `body` makes; unlike a closure that is called where it stands, it may give away what it was given.
#[inline]
pub fn made<F>(body: impl FnOnce() -> F) -> F {
    body()
}

/// An argument for one attempt, the others needing it too.
///
/// Of a type that does not implement a trait the compiler suggests a bound by that trait, or a reference, where it can
/// spell them. It cannot spell this one: `For` is known only from the argument it is given, after that. So nothing but
/// the message here is said.
#[diagnostic::on_unimplemented(
    message = "this argument is needed again after an attempt, and `{Self}` cannot be cloned; take a reference, wrap \
               it in an `Arc`, or implement `Clone`",
    label = "`{Self}` cannot be cloned"
)]
pub trait Argument<For>: Sized {
    /// The argument again.
    #[must_use]
    fn again(&self, _: For) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone, For> Argument<For> for T {
    #[inline]
    fn again(&self, _: For) -> Self {
        self.clone()
    }
}

/// What a field that `#[throttled(retry_after = ..)]` names can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a delay; make the field a `Duration` or an `Option<Duration>`, or implement \
               `Into<Option<Duration>>` and `Clone` for it",
    label = "not a delay"
)]
pub trait RetryAfter {
    /// The delay.
    fn retry_after(&self) -> Option<Duration>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Into<Option<Duration>>> RetryAfter for T {
    fn retry_after(&self) -> Option<Duration> {
        self.clone().into()
    }
}

/// What a rate limit can be kept apart by.
///
/// Generic for the reason that [`Argument`] is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a `key`, since it has no `Hash`; write something that has, like a name or a number",
    label = "has no `Hash`"
)]
pub trait Key<For> {
    /// Its number in this process.
    #[must_use]
    fn number(&self, _: For) -> u64;
}

#[diagnostic::do_not_recommend]
impl<K: core::hash::Hash + ?Sized, For> Key<For> for K {
    #[inline]
    fn number(&self, _: For) -> u64 {
        RateLimiter::key(self)
    }
}

/// What can be a place in a bulkhead's queue: higher goes first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a `priority`; write an `i32`, or a smaller whole number",
    label = "not an `i32`"
)]
pub trait Priority<For> {
    /// The number.
    #[must_use]
    fn number(self, _: For) -> i32;
}

#[diagnostic::do_not_recommend]
impl<P: Into<i32>, For> Priority<For> for P {
    #[inline]
    fn number(self, _: For) -> i32 {
        self.into()
    }
}
