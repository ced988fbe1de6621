//! The static description of one annotated function.
//!
//! Generated code puts one in each function, made by const builder calls from what the attribute says; all
//! instances of a generic function share it. It is plain configuration: what names the user's own types
//! (predicates, a way to make errors) is handed over with each call.

pub mod has;
pub(crate) mod path;
mod policies;
mod words;

use core::panic::Location;
use core::time::Duration;
use std::sync::OnceLock;

use tracing::Level;

use crate::policy::breaker::Breaker;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Chaos;
use crate::policy::coalesce::Flights;
use crate::policy::hedge::Hedge;
use crate::policy::limiter::RateLimiter;
use crate::policy::preset::Preset;
use crate::policy::registry::{Place, Shared, Source};
use crate::policy::retry::{Backoff, BackoffPolicy, Retry};
use crate::policy::throttle::Throttle;
use crate::telemetry::meter::SiteMeter;

/// The static description of one annotated function.
#[derive(Debug)]
pub struct Site {
    pub(crate) retry: Option<Retry>,
    pub(crate) hedge: Option<Hedge>,
    pub(crate) breaker: Place<Breaker>,
    pub(crate) throttle: Place<Throttle>,
    pub(crate) rate_limit: Place<RateLimiter>,
    pub(crate) bulkhead: Place<Bulkhead>,
    pub(crate) budget: Place<RetryBudget>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    /// How many fallbacks there are, each for when the one before it fails.
    fallbacks: u32,
    #[cfg(feature = "cache")]
    pub(crate) cache: Place<Cache>,
    /// Whether calls that ask for the same share one execution.
    pub(crate) coalesces: bool,
    flights: OnceLock<Box<Flights>>,
    #[cfg(feature = "chaos")]
    pub(crate) chaos: Place<Chaos>,
    /// Whether the function has an error for `chaos` to end an attempt with.
    #[cfg(feature = "chaos")]
    pub(crate) chaos_error: bool,
    pub(crate) level: Level,
    /// The type name of an item inside the function, which tells the function's path.
    inside: fn() -> &'static str,
    place: &'static Location<'static>,
    name: Option<&'static str>,
    operation: OnceLock<String>,
    digest: OnceLock<String>,
    #[cfg_attr(not(feature = "otel"), expect(dead_code, reason = "nothing is counted without the feature"))]
    pub(crate) meter: SiteMeter,
}

/// Every annotated function of the program, in no order: those of dependencies, those that are never called, and a
/// generic one once.
///
/// The descriptions themselves and no references to them, which would be one more item in each function for the compiler.
#[linkme::distributed_slice]
pub static SITES: [Site];

impl Site {
    /// A function without a policy: the one around the closure `here`, at the caller's place in the source.
    #[must_use]
    #[track_caller]
    pub const fn new<F: Fn() + Copy>(here: F) -> Self {
        let _ = here;
        Self {
            retry: None,
            hedge: None,
            breaker: Place::empty(),
            throttle: Place::empty(),
            rate_limit: Place::empty(),
            bulkhead: Place::empty(),
            budget: Place::empty(),
            timeout: None,
            deadline: None,
            fallbacks: 0,
            #[cfg(feature = "cache")]
            cache: Place::empty(),
            coalesces: false,
            flights: OnceLock::new(),
            #[cfg(feature = "chaos")]
            chaos: Place::empty(),
            #[cfg(feature = "chaos")]
            chaos_error: false,
            level: Level::INFO,
            inside: core::any::type_name::<F>,
            place: Location::caller(),
            name: None,
            operation: OnceLock::new(),
            digest: OnceLock::new(),
            meter: SiteMeter::new(),
        }
    }

    /// With all that `preset` has; what is set after it takes the place of its part.
    #[must_use]
    pub const fn preset(mut self, preset: &Preset) -> Self {
        self.retry = preset.retry;
        self.timeout = preset.timeout;
        self.deadline = preset.deadline;
        self.breaker.source = own(preset.breaker);
        self.throttle.source = own(preset.throttle);
        self.rate_limit.source = own(preset.rate_limit);
        self.bulkhead.source = own(preset.bulkhead);
        self.budget.source = own(preset.budget);
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
        self.breaker.source = Some(source);
        self
    }

    /// With a throttle asked before each attempt.
    #[must_use]
    pub const fn throttle(mut self, source: Source<Throttle>) -> Self {
        self.throttle.source = Some(source);
        self
    }

    /// With a rate limiter asked before each attempt.
    #[must_use]
    pub const fn rate_limit(mut self, source: Source<RateLimiter>) -> Self {
        self.rate_limit.source = Some(source);
        self
    }

    /// With a bulkhead that each attempt enters.
    #[must_use]
    pub const fn bulkhead(mut self, source: Source<Bulkhead>) -> Self {
        self.bulkhead.source = Some(source);
        self
    }

    /// With a budget that retries are taken from.
    #[must_use]
    pub const fn budget(mut self, source: Source<RetryBudget>) -> Self {
        self.budget.source = Some(source);
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
        self.cache.source = Some(source);
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
        self.chaos.source = Some(source);
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

#[cfg(test)]
mod tests {
    use core::pin::pin;
    use core::task::{Context, Waker};

    use super::*;
    use crate::__private::returns;
    use crate::outcome::judge::Judge;
    use crate::outcome::probe::{Outcome as _, Read as _};

    #[test]
    fn nothing_is_put_into_words_that_nobody_reads() {
        static SITE: Site = Site::new(|| ()).retry(Backoff::fixed(Duration::ZERO), 2);
        let probe = <Result<(), String>>::probe(returns);
        #[expect(
            clippy::needless_borrow,
            reason = "the depth of references is what method resolution goes by"
        )]
        let mut call = SITE.call::<_, { has::NOTHING }>(Judge::new(probe, (&&&&&probe).__reader()));
        let polled = pin!(call.attempt(async { Ok(()) })).poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_ready());
        assert_eq!((SITE.operation.get(), SITE.digest.get()), (None, None));
    }
}
