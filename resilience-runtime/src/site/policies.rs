//! Which policies a function has, and the ones that have a state of their own.

use super::Site;

use super::has;
use crate::policy::breaker::Breaker;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Chaos;
use crate::policy::coalesce::Flights;
#[cfg(feature = "test-util")]
use crate::policy::hedge::{Hedge, Latencies};
use crate::policy::limiter::RateLimiter;
#[cfg(feature = "cache")]
use crate::policy::registry::Shared;
use crate::policy::throttle::Throttle;

impl Site {
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
        if let Some(name) = Cache::name_at(self) {
            return name;
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

    /// Puts the policies that have a state of their own back to their beginning.
    #[cfg(feature = "test-util")]
    pub(crate) fn reset(&self) {
        self.throttle.made().into_iter().for_each(Throttle::reset);
        self.breaker.made().into_iter().for_each(Breaker::reset);
        self.rate_limit.made().into_iter().for_each(RateLimiter::reset);
        self.bulkhead.made().into_iter().for_each(Bulkhead::reset);
        self.budget.made().into_iter().for_each(RetryBudget::reset);
        self.hedge.as_ref().and_then(Hedge::latencies).into_iter().for_each(Latencies::reset);
        #[cfg(feature = "cache")]
        self.cache.made().into_iter().for_each(Cache::reset);
        #[cfg(feature = "chaos")]
        self.chaos.made().into_iter().for_each(Chaos::reset);
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
}
