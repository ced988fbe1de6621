//! Which policies a function has, and the ones that have a state of their own.

use super::{Site, has};
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
use crate::policy::registry::Shared;
use crate::policy::throttle::Throttle;

impl Site {
    /// The policies of the function: see [`has`].
    pub(crate) fn has(&self) -> u32 {
        let all = [
            (has::BREAKER, self.config.breaker.is_some()),
            (has::THROTTLE, self.config.throttle.is_some()),
            (has::RATE_LIMIT, self.config.rate_limit.is_some()),
            (has::BULKHEAD, self.config.bulkhead.is_some()),
            (has::BUDGET, self.config.budget.is_some()),
            (has::DEADLINE, self.config.deadline.is_some()),
        ];
        all.into_iter().filter(|(_, is_there)| *is_there).map(|(policy, _)| policy).sum()
    }

    /// Whether a call may be answered without an attempt.
    pub(crate) const fn may_make_no_attempt(&self) -> bool {
        #[cfg(feature = "cache")]
        return self.config.coalesces || self.config.cache.is_some();
        #[cfg(not(feature = "cache"))]
        self.config.coalesces
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
        self.state.flights.get_or_init(Box::default)
    }

    /// How many calls got the result of another one.
    #[cfg(feature = "otel")]
    pub(crate) fn coalesced(&self) -> u64 {
        self.state.flights.get().map_or(0, |flights| flights.coalesced())
    }

    /// Puts the policies that have a state of their own back to their beginning.
    #[cfg(feature = "test-util")]
    pub(crate) fn reset(&'static self) {
        Throttle::made(self).into_iter().for_each(Throttle::reset);
        Breaker::made(self).into_iter().for_each(Breaker::reset);
        RateLimiter::made(self).into_iter().for_each(RateLimiter::reset);
        Bulkhead::made(self).into_iter().for_each(Bulkhead::reset);
        RetryBudget::made(self).into_iter().for_each(RetryBudget::reset);
        self.config.hedge.as_ref().and_then(Hedge::latencies).into_iter().for_each(Latencies::reset);
        #[cfg(feature = "cache")]
        Cache::made(self).into_iter().for_each(Cache::reset);
        #[cfg(feature = "chaos")]
        Chaos::made(self).into_iter().for_each(Chaos::reset);
    }

    /// Whether one of the policies may answer in the place of the body, so that the function's error can say so.
    pub(crate) const fn may_refuse(&self) -> bool {
        let has_limit = self.config.timeout.is_some() || self.config.deadline.is_some();
        let asks = self.config.breaker.is_some() || self.config.throttle.is_some();
        has_limit || asks || self.config.rate_limit.is_some() || self.config.bulkhead.is_some()
    }

    /// Whether a call that fails once has failed.
    pub(crate) const fn has_no_second_chance(&self) -> bool {
        self.config.retry.is_none() && !self.has_fallback()
    }

    /// Whether something answers when all else failed.
    pub(crate) const fn has_fallback(&self) -> bool {
        self.config.fallbacks > 0
    }

    /// The policies that have a state of their own, if the function has them.
    #[inline]
    pub(crate) fn get_breaker(&'static self) -> Option<&'static Breaker> {
        Breaker::at(self)
    }

    #[inline]
    pub(crate) fn get_throttle(&'static self) -> Option<&'static Throttle> {
        Throttle::at(self)
    }

    #[inline]
    pub(crate) fn get_rate_limit(&'static self) -> Option<&'static RateLimiter> {
        RateLimiter::at(self)
    }

    #[inline]
    pub(crate) fn get_bulkhead(&'static self) -> Option<&'static Bulkhead> {
        Bulkhead::at(self)
    }

    #[inline]
    pub(crate) fn get_budget(&'static self) -> Option<&'static RetryBudget> {
        RetryBudget::at(self)
    }

    #[cfg(feature = "cache")]
    pub(crate) fn get_cache(&'static self) -> Option<&'static Cache> {
        Cache::at(self)
    }

    #[cfg(feature = "chaos")]
    pub(crate) fn get_chaos(&'static self) -> Option<&'static Chaos> {
        Chaos::at(self)
    }
}
