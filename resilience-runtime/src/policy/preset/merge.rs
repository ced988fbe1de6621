//! What an override begins with: the preset's own settings, which the attribute goes on to change.
//!
//! Where the preset lacks the policy these give its defaults, or something that a rule in `check` refuses.

use core::time::Duration;

use super::config::{BACKOFF, MAX, Preset};
use crate::policy::breaker::{Breaker, BreakerConfig};
use crate::policy::budget::{BudgetConfig, RetryBudget};
use crate::policy::bulkhead::{Bulkhead, BulkheadConfig};
use crate::policy::limiter::{Rate, RateLimitConfig, RateLimiter};
use crate::policy::registry::Source;
use crate::policy::retry::Backoff;
use crate::policy::throttle::{Throttle, ThrottleConfig};

/// Its delays.
#[must_use]
pub const fn backoff(preset: &Preset) -> Backoff {
    match own_backoff(preset) {
        Some(backoff) => backoff,
        None => BACKOFF,
    }
}

/// The strategy of `named` (its schedule and jitter) with the preset's numbers.
#[must_use]
pub const fn strategy(preset: &Preset, named: Backoff) -> Backoff {
    match own_backoff(preset) {
        Some(own) => named.with_base(own.base()).cap(own.get_cap()).factor(own.get_factor()),
        None => named,
    }
}

/// `backoff` with another base.
#[must_use]
pub const fn based(backoff: Backoff, base: Duration) -> Backoff {
    backoff.with_base(base)
}

/// Its attempts.
#[must_use]
pub const fn max(preset: &Preset) -> u32 {
    match preset.retry {
        Some(retry) => retry.attempts(),
        None => MAX,
    }
}

pub(super) const fn own_backoff(preset: &Preset) -> Option<Backoff> {
    match preset.retry {
        Some(retry) => match retry.backoff() {
            Some(backoff) => Some(*backoff),
            None => None,
        },
        None => None,
    }
}

/// Its breaker.
pub const fn breaker(preset: &Preset) -> BreakerConfig {
    match preset.breaker {
        Some(config) => config,
        None => BreakerConfig::new(),
    }
}

/// Its breaker, for an attribute that names rules: they take the place of the preset's.
pub const fn breaker_without_rules(preset: &Preset) -> BreakerConfig {
    breaker(preset).without_rules()
}

/// Its rate limit.
pub const fn rate_limit(preset: &Preset) -> RateLimitConfig {
    match preset.rate_limit {
        Some(config) => config,
        None => RateLimitConfig::new(Rate::per_second(1)),
    }
}

/// Its rate limit with another rate.
pub const fn rate_limit_at(preset: &Preset, rate: Rate) -> RateLimitConfig {
    match preset.rate_limit {
        Some(config) => config.with_rate(rate),
        None => RateLimitConfig::new(rate),
    }
}

/// Its bulkhead.
pub const fn bulkhead(preset: &Preset) -> BulkheadConfig {
    match preset.bulkhead {
        Some(config) => config,
        None => BulkheadConfig::new(1),
    }
}

/// Its bulkhead with another limit, which an adaptive one does not exceed either.
pub const fn bulkhead_at(preset: &Preset, max: u32) -> BulkheadConfig {
    match preset.bulkhead {
        Some(config) => config.with_max(max),
        None => BulkheadConfig::new(max),
    }
}

/// The limit of its bulkhead.
#[must_use]
pub const fn bulkhead_max(preset: &Preset) -> u32 {
    bulkhead(preset).get_max()
}

/// Its budget.
pub const fn budget(preset: &Preset) -> BudgetConfig {
    match preset.budget {
        Some(config) => config,
        None => BudgetConfig::new(),
    }
}

/// Its throttle.
pub const fn throttle(preset: &Preset) -> ThrottleConfig {
    match preset.throttle {
        Some(config) => config,
        None => ThrottleConfig::new(),
    }
}

/// The process's breaker of that name, which the function configures as the preset does, if it does.
#[must_use]
pub const fn named_breaker(preset: &Preset, name: &'static str) -> Source<Breaker> {
    Source::Name(name, preset.breaker)
}

/// The process's rate limiter of that name, likewise.
#[must_use]
pub const fn named_rate_limit(preset: &Preset, name: &'static str) -> Source<RateLimiter> {
    Source::Name(name, preset.rate_limit)
}

/// The process's bulkhead of that name, likewise.
#[must_use]
pub const fn named_bulkhead(preset: &Preset, name: &'static str) -> Source<Bulkhead> {
    Source::Name(name, preset.bulkhead)
}

/// The process's budget of that name, likewise.
#[must_use]
pub const fn named_budget(preset: &Preset, name: &'static str) -> Source<RetryBudget> {
    Source::Name(name, preset.budget)
}

/// The process's throttle of that name, likewise.
#[must_use]
pub const fn named_throttle(preset: &Preset, name: &'static str) -> Source<Throttle> {
    Source::Name(name, preset.throttle)
}
