//! The static description of one annotated function.
//!
//! Generated code puts one in each function, made by const builder calls from what the attribute says; all
//! instances of a generic function share it. It is plain configuration: what names the user's own types
//! (predicates, a way to make errors) is handed over with each call.

use core::panic::Location;
use core::time::Duration;
use std::fmt::Write as _;
use std::sync::OnceLock;

use tracing::{Level, Span};

use crate::breaker::Breaker;
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::cache::Cache;
use crate::call::{Call, Unlimited, has};
#[cfg(feature = "chaos")]
use crate::chaos::Chaos;
use crate::coalesce::Flights;
use crate::hedge::Hedge;
use crate::limiter::RateLimiter;
use crate::path::function_path;
use crate::preset::Preset;
use crate::registry::{Place, Shared, Source};
use crate::retry::{Backoff, BackoffPolicy, Retry, UNTIL_DEADLINE};
use crate::telemetry::meter::SiteMeter;
use crate::throttle::Throttle;

/// The static description of one annotated function.
#[derive(Debug)]
pub struct Site {
    pub(crate) retry: Option<Retry>,
    pub(crate) hedge: Option<Hedge>,
    pub(crate) breaker: Place<Breaker>,
    throttle: Place<Throttle>,
    pub(crate) rate_limit: Place<RateLimiter>,
    pub(crate) bulkhead: Place<Bulkhead>,
    budget: Place<RetryBudget>,
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
    chaos: Place<Chaos>,
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
#[linkme::distributed_slice]
pub static SITES: [&'static Site];

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

    /// Begins a call; `HAS` are the policies that its code asks: see [`has`].
    #[inline]
    pub fn call<J, const HAS: u32>(&'static self, judge: J) -> Call<J, Unlimited<HAS>> {
        Call::start(self, judge)
    }

    /// Begins a call with a span of the user's own fields.
    #[inline]
    pub fn call_in<J, const HAS: u32>(&'static self, span: Span, judge: J) -> Call<J, Unlimited<HAS>> {
        Call::start_in(self, span, judge)
    }

    /// The policies of the function: see [`has`].
    pub(crate) fn has(&self) -> u32 {
        let all = [
            (has::BREAKER, self.breaker.source.is_some()),
            (has::THROTTLE, self.throttle.source.is_some()),
            (has::RATE_LIMIT, self.rate_limit.source.is_some()),
            (has::BULKHEAD, self.bulkhead.source.is_some()),
            (has::BUDGET, self.budget.source.is_some()),
            (has::DEADLINE, self.deadline.is_some()),
        ];
        all.into_iter().filter(|(_, is_there)| *is_there).map(|(policy, _)| policy).sum()
    }

    /// Where the policies that have a state of their own come from, without looking them up.
    pub(crate) const fn breaker_source(&self) -> Option<&Source<Breaker>> {
        self.breaker.source.as_ref()
    }

    pub(crate) const fn throttle_source(&self) -> Option<&Source<Throttle>> {
        self.throttle.source.as_ref()
    }

    pub(crate) const fn rate_limit_source(&self) -> Option<&Source<RateLimiter>> {
        self.rate_limit.source.as_ref()
    }

    pub(crate) const fn bulkhead_source(&self) -> Option<&Source<Bulkhead>> {
        self.bulkhead.source.as_ref()
    }

    pub(crate) const fn budget_source(&self) -> Option<&Source<RetryBudget>> {
        self.budget.source.as_ref()
    }

    #[cfg(feature = "cache")]
    pub(crate) const fn cache_source(&self) -> Option<&Source<Cache>> {
        self.cache.source.as_ref()
    }

    /// Whether a call may be answered without an attempt.
    pub(crate) const fn may_make_no_attempt(&self) -> bool {
        #[cfg(feature = "cache")]
        return self.coalesces || self.cache.source.is_some();
        #[cfg(not(feature = "cache"))]
        self.coalesces
    }

    /// The name of the cache, or the function's own where there is none.
    pub(crate) fn cache_name(&'static self) -> &'static str {
        #[cfg(feature = "cache")]
        match &self.cache.source {
            Some(Source::Static(cache)) => return cache.name(),
            Some(Source::Name(name, _)) => return name,
            Some(Source::Own(_)) | None => {}
        }
        self.operation()
    }

    /// The executions under way, by what they were asked for.
    pub(crate) fn flights(&'static self) -> &'static Flights {
        self.flights.get_or_init(Box::default)
    }

    /// How many calls got the result of another one.
    #[cfg(feature = "otel")]
    pub(crate) fn coalesced(&self) -> u64 {
        self.flights.get().map_or(0, |flights| flights.coalesced())
    }

    #[cfg(feature = "chaos")]
    pub(crate) const fn chaos_source(&self) -> Option<&Source<Chaos>> {
        self.chaos.source.as_ref()
    }

    /// Whether one of the policies may answer in the place of the body, so that the function's error can say so.
    pub(crate) const fn may_refuse(&self) -> bool {
        let has_limit = self.timeout.is_some() || self.deadline.is_some();
        let asks = self.breaker.source.is_some() || self.throttle.source.is_some();
        has_limit || asks || self.rate_limit.source.is_some() || self.bulkhead.source.is_some()
    }

    /// Whether a call that fails once has failed.
    pub(crate) const fn has_no_second_chance(&self) -> bool {
        self.retry.is_none() && !self.has_fallback()
    }

    /// Whether something answers when all else failed.
    pub(crate) const fn has_fallback(&self) -> bool {
        self.fallbacks > 0
    }

    /// The policies that have a state of their own, if the function has them.
    #[inline]
    pub(crate) fn get_breaker(&'static self) -> Option<&'static Breaker> {
        self.breaker.get(|| self.operation())
    }

    #[inline]
    pub(crate) fn get_throttle(&'static self) -> Option<&'static Throttle> {
        self.throttle.get(|| self.operation())
    }

    #[inline]
    pub(crate) fn get_rate_limit(&'static self) -> Option<&'static RateLimiter> {
        self.rate_limit.get(|| self.operation())
    }

    #[inline]
    pub(crate) fn get_bulkhead(&'static self) -> Option<&'static Bulkhead> {
        self.bulkhead.get(|| self.operation())
    }

    #[inline]
    pub(crate) fn get_budget(&'static self) -> Option<&'static RetryBudget> {
        self.budget.get(|| self.operation())
    }

    #[cfg(feature = "cache")]
    pub(crate) fn get_cache(&'static self) -> Option<&'static Cache> {
        self.cache.get(|| self.operation())
    }

    #[cfg(feature = "chaos")]
    pub(crate) fn get_chaos(&'static self) -> Option<&'static Chaos> {
        self.chaos.get(|| self.operation())
    }

    /// The chaos, if it was asked for already.
    #[cfg(feature = "chaos")]
    pub(crate) fn made_chaos(&self) -> Option<&'static Chaos> {
        self.chaos.made()
    }

    /// The function's name in spans: `name` or its path, as `crate::module::Type::function`.
    pub fn operation(&'static self) -> &'static str {
        self.name.unwrap_or_else(|| self.function())
    }

    /// The function's path, whatever its `name`.
    pub fn function(&'static self) -> &'static str {
        self.operation.get_or_init(|| function_path((self.inside)()))
    }

    /// The file the function is in.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.place.file()
    }

    /// The line of the function's name.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.place.line()
    }

    /// `max`, where there is one.
    #[must_use]
    pub fn max_attempts(&self) -> Option<i64> {
        self.retry.as_ref().map(Retry::attempts).filter(|max| *max != UNTIL_DEADLINE).map(i64::from)
    }

    /// The breaker's name, where there is one.
    pub fn breaker_name(&'static self) -> Option<&'static str> {
        self.get_breaker().map(Breaker::name)
    }

    /// The breaker's state, where there is one.
    pub fn breaker_state(&'static self) -> Option<&'static str> {
        self.get_breaker().map(|breaker| breaker.state().as_str())
    }

    /// The function's policies in one line, for the call's span.
    pub fn digest(&'static self) -> &'static str {
        self.digest.get_or_init(|| {
            let mut parts = Vec::new();
            if let Some(retry) = &self.retry {
                let mut part = match retry.backoff() {
                    Some(backoff) => format!("retry={} base={:?}", backoff.name(), backoff.base()),
                    None => "retry=custom".to_owned(),
                };
                if let Some(backoff) = retry.backoff().filter(|backoff| backoff.name() != "fixed") {
                    _ = write!(part, " cap={:?}", backoff.get_cap());
                }
                match retry.attempts() {
                    UNTIL_DEADLINE => part.push_str(" max=deadline"),
                    max => _ = write!(part, " max={max}"),
                }
                if let Some(budget) = self.get_budget() {
                    _ = write!(part, " budget={}", budget.name());
                }
                parts.push(part);
            }
            parts.extend(self.hedge.map(|hedge| {
                // Beside a retry it is named there.
                let budget = if self.retry.is_some() { None } else { self.get_budget() };
                let budget = budget.map(|budget| format!(" budget={}", budget.name()));
                format!("hedge={hedge} extra={}{}", hedge.max(), budget.unwrap_or_default())
            }));
            parts.extend(self.get_throttle().map(|throttle| format!("throttle={}", throttle.name())));
            parts.extend(self.breaker_name().map(|name| format!("breaker={name}")));
            parts.extend(self.get_rate_limit().map(|limiter| format!("rate_limit={}", limiter.name())));
            parts.extend(self.get_bulkhead().map(|bulkhead| format!("bulkhead={}", bulkhead.name())));
            parts.extend(self.timeout.map(|timeout| format!("timeout={timeout:?}")));
            parts.extend(self.deadline.map(|deadline| format!("deadline={deadline:?}")));
            parts.extend(match self.fallbacks {
                0 => None,
                1 => Some("fallback".to_owned()),
                count => Some(format!("fallback={count}")),
            });
            #[cfg(feature = "cache")]
            parts.extend(self.get_cache().map(|cache| format!("cache={}", cache.name())));
            parts.extend(self.coalesces.then(|| "coalesce".to_owned()));
            #[cfg(feature = "chaos")]
            parts.extend(self.get_chaos().map(|chaos| format!("chaos={}", chaos.name())));
            parts.join(" ")
        })
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
    use crate::judge::Judge;
    use crate::probe::{Outcome as _, Read as _};

    #[test]
    fn nothing_is_put_into_words_that_nobody_reads() {
        static SITE: Site = Site::new(|| ()).retry(Backoff::fixed(Duration::ZERO), 2);
        let probe = <Result<(), String>>::probe(returns);
        #[expect(
            clippy::needless_borrow,
            reason = "the depth of references is what method resolution goes by"
        )]
        let mut call = SITE.call::<_, { has::NOTHING }>(Judge::new(probe, (&&&&probe).reader()));
        let polled = pin!(call.attempt(async { Ok(()) })).poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_ready());
        assert_eq!((SITE.operation.get(), SITE.digest.get()), (None, None));
    }
}
