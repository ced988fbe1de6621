//! What the attribute says of one function: plain values, put together in const evaluation.

use core::time::Duration;

use tracing::Level;

use crate::policy::breaker::Breaker;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Chaos;
use crate::policy::hedge::Hedge;
use crate::policy::limiter::RateLimiter;
use crate::policy::preset::Preset;
use crate::policy::registry::{Shared, Source};
use crate::policy::retry::{Backoff, BackoffPolicy, Retry};
use crate::policy::throttle::Throttle;

/// What the attribute says of one function.
#[derive(Clone, Copy, Debug)]
pub struct SiteConfig {
    pub(crate) retry: Option<Retry>,
    pub(crate) hedge: Option<Hedge>,
    pub(crate) breaker: Option<Source<Breaker>>,
    pub(crate) throttle: Option<Source<Throttle>>,
    pub(crate) rate_limit: Option<Source<RateLimiter>>,
    pub(crate) bulkhead: Option<Source<Bulkhead>>,
    pub(crate) budget: Option<Source<RetryBudget>>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    /// How many fallbacks there are, each for when the one before it fails.
    pub(crate) fallbacks: u32,
    #[cfg(feature = "cache")]
    pub(crate) cache: Option<Source<Cache>>,
    /// Whether calls that ask for the same share one execution.
    pub(crate) coalesces: bool,
    #[cfg(feature = "chaos")]
    pub(crate) chaos: Option<Source<Chaos>>,
    /// Whether the function has an error for `chaos` to end an attempt with.
    #[cfg(feature = "chaos")]
    pub(crate) chaos_error: bool,
    pub(crate) name: Option<&'static str>,
    pub(crate) level: Level,
}

impl SiteConfig {
    /// A function without a policy.
    #[must_use]
    pub const fn empty() -> Self {
        // A block of its own is evaluated once, and not for each of the user's functions.
        const {
            Self {
                retry: None,
                hedge: None,
                breaker: None,
                throttle: None,
                rate_limit: None,
                bulkhead: None,
                budget: None,
                timeout: None,
                deadline: None,
                fallbacks: 0,
                #[cfg(feature = "cache")]
                cache: None,
                coalesces: false,
                #[cfg(feature = "chaos")]
                chaos: None,
                #[cfg(feature = "chaos")]
                chaos_error: false,
                name: None,
                level: Level::INFO,
            }
        }
    }

    /// With all that `preset` has; what is set after it takes the place of its part.
    #[must_use]
    pub const fn preset(mut self, preset: &Preset) -> Self {
        self.retry = preset.retry;
        self.timeout = preset.timeout;
        self.deadline = preset.deadline;
        self.breaker = own(preset.breaker);
        self.throttle = own(preset.throttle);
        self.rate_limit = own(preset.rate_limit);
        self.bulkhead = own(preset.bulkhead);
        self.budget = own(preset.budget);
        self
    }

    /// With retries after `backoff`, at most `max` attempts in all.
    #[must_use]
    pub const fn retry(mut self, backoff: Backoff, max: u32) -> Self {
        self.retry = Some(Retry::new(backoff, max));
        self
    }

    /// With retries after the delays of a policy of the user's.
    #[must_use]
    pub const fn retry_with(mut self, policy: &'static dyn BackoffPolicy, max: u32) -> Self {
        self.retry = Some(Retry::with(policy, max));
        self
    }

    /// With another bound on what a `retry_after` may ask for.
    #[must_use]
    pub const fn retry_after_max(mut self, longest: Duration) -> Self {
        if let Some(retry) = self.retry {
            self.retry = Some(retry.with_retry_after_max(longest));
        }
        self
    }

    /// With extra attempts beside a slow one.
    #[must_use]
    pub const fn hedge(mut self, hedge: Hedge) -> Self {
        self.hedge = Some(hedge);
        self
    }

    /// With a breaker asked before each attempt.
    #[must_use]
    pub const fn breaker(mut self, source: Source<Breaker>) -> Self {
        self.breaker = Some(source);
        self
    }

    /// With a throttle asked before each attempt.
    #[must_use]
    pub const fn throttle(mut self, source: Source<Throttle>) -> Self {
        self.throttle = Some(source);
        self
    }

    /// With a rate limiter asked before each attempt.
    #[must_use]
    pub const fn rate_limit(mut self, source: Source<RateLimiter>) -> Self {
        self.rate_limit = Some(source);
        self
    }

    /// With a bulkhead that each attempt enters.
    #[must_use]
    pub const fn bulkhead(mut self, source: Source<Bulkhead>) -> Self {
        self.bulkhead = Some(source);
        self
    }

    /// With a budget that retries are taken from.
    #[must_use]
    pub const fn budget(mut self, source: Source<RetryBudget>) -> Self {
        self.budget = Some(source);
        self
    }

    /// With a limit on each attempt.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// With a limit on the whole call.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// With a fallback, which the generated code calls.
    #[must_use]
    pub const fn fallback(self) -> Self {
        self.fallbacks(1)
    }

    /// With a chain of so many fallbacks, at least one.
    #[must_use]
    pub const fn fallbacks(mut self, count: u32) -> Self {
        self.fallbacks = count;
        self
    }

    /// With a cache that is asked before the first attempt.
    #[cfg(feature = "cache")]
    #[must_use]
    pub const fn cache(mut self, source: Source<Cache>) -> Self {
        self.cache = Some(source);
        self
    }

    /// With one execution for all calls that ask for the same at a time.
    #[must_use]
    pub const fn coalesce(mut self) -> Self {
        self.coalesces = true;
        self
    }

    /// With faults in front of the body; `has_error` says whether an error is among them.
    #[cfg(feature = "chaos")]
    #[must_use]
    pub const fn chaos(mut self, source: Source<Chaos>, has_error: bool) -> Self {
        self.chaos = Some(source);
        self.chaos_error = has_error;
        self
    }

    /// With another name than the function's path.
    #[must_use]
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// With spans of another level than `INFO`.
    #[must_use]
    pub const fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }
}

/// A policy that the function has to itself, where there is one.
const fn own<P: Shared>(config: Option<P::Config>) -> Option<Source<P>> {
    match config {
        Some(config) => Some(Source::Own(config)),
        None => None,
    }
}
