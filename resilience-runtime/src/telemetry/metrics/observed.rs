//! What is read when metrics are collected: the counters of all functions and policies of the process.
//!
//! Series are summed by name first: two functions of one `name`, or two policies, are one series.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use opentelemetry::KeyValue;

use super::count::SiteMeter;
use super::instruments::{Metric, Observe, Read};
use super::keys::{self, Attribute};
#[cfg(feature = "cache")]
use super::policies::CacheReading;
use super::policies::{Measured, readings};
use super::table;
#[cfg(feature = "propagation")]
use crate::event::HeaderFault;
use crate::event::{StopReason, TimeoutScope};
use crate::policy::breaker::{Breaker, State};
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
use crate::policy::limiter::RateLimiter;
use crate::policy::throttle::Throttle;
#[cfg(feature = "propagation")]
use crate::propagation::{Header, rejected};
use crate::site::{SITES, Site};
use crate::telemetry::values::{AttemptKind, CallOutcome};

/// Every metric that is not recorded by calls, and how it is read.
pub(super) const OBSERVED: &[(&Metric, Read)] = &[
    (&table::RETRY_ATTEMPTS, attempts),
    (&table::RETRY_SUCCESSES, successes),
    (&table::RETRY_FAILURES, failures),
    (&table::RELIABILITY_RETRY_SUCCESSES, retried_successes),
    (&table::RELIABILITY_RETRY_FAILURES, retried_failures),
    (&table::RELIABILITY_RETRY_NOT_ATTEMPTED, not_attempted),
    (&table::RELIABILITY_TIMEOUTS, timeouts),
    (&table::RELIABILITY_FALLBACK_INVOCATIONS, fallbacks),
    (&table::RELIABILITY_HEDGE_REQUESTS, hedges),
    (&table::RELIABILITY_HEDGE_WINS, hedge_wins),
    (&table::RELIABILITY_CACHE_REQUESTS, cache_requests),
    (&table::RELIABILITY_THROTTLE_REJECTIONS, throttle_rejections),
    (&table::RELIABILITY_CIRCUIT_BREAKER_STATE, breaker_states),
    (&table::RELIABILITY_CIRCUIT_BREAKER_TRANSITIONS, breaker_transitions),
    (&table::RELIABILITY_CIRCUIT_BREAKER_REJECTIONS, breaker_rejections),
    (&table::RELIABILITY_RATE_LIMIT_ALLOWED, rate_limit_allowed),
    (&table::RELIABILITY_RATE_LIMIT_REJECTED, rate_limit_rejected),
    (&table::RELIABILITY_BULKHEAD_USAGE, bulkhead_usage),
    (&table::RELIABILITY_BULKHEAD_LIMIT, bulkhead_limit),
    (&table::RELIABILITY_BULKHEAD_REJECTIONS, bulkhead_rejections),
    (&table::RELIABILITY_PROPAGATION_REJECTED_HEADERS, rejected_headers),
];

/// The series of one metric of functions, before they are told: by operation and one more attribute.
#[derive(Default)]
struct Series(BTreeMap<(&'static str, &'static str), u64>);

impl Series {
    /// What `read` finds in each function that was called.
    fn of(mut read: impl FnMut(&mut Self, &'static Site, &'static SiteMeter)) -> Self {
        let mut series = Self::default();
        for site in SITES {
            read(&mut series, site, &site.state.meter);
        }
        series
    }

    /// Adds what a function has counted. What its policies can do is a series from its first call on, though it has not
    /// happened: where a series begins with one, nobody who asks for the increase sees that one. Of all else there is none
    /// before it happens.
    fn add(&mut self, site: &'static Site, value: &'static str, count: u64, can_happen: bool) {
        if count > 0 || (can_happen && site.state.meter.was_called()) {
            *self.0.entry((site.operation(), value)).or_default() += count;
        }
    }

    fn tell(self, observe: Observe<'_>, attribute: Attribute) {
        for ((operation, value), count) in self.0 {
            observe(count, &[keys::OPERATION.value(operation), attribute.value(value)]);
        }
    }

    /// Of a metric that has no attribute but the operation.
    fn tell_operations(self, observe: Observe<'_>) {
        for ((operation, _), count) in self.0 {
            observe(count, &[keys::OPERATION.value(operation)]);
        }
    }
}

fn attempts(observe: Observe<'_>) {
    let kinds = |series: &mut Series, site: &'static Site, meter: &'static SiteMeter| {
        for kind in AttemptKind::ALL {
            let can_happen = match kind {
                AttemptKind::Original => true,
                AttemptKind::Retry => site.config.retry.is_some(),
                AttemptKind::Hedge => site.config.hedge.is_some(),
                AttemptKind::Probe => site.config.breaker.is_some(),
            };
            series.add(site, kind.as_str(), meter.attempts(kind), can_happen);
        }
    };
    Series::of(kinds).tell(observe, keys::ATTEMPT_KIND);
}

/// A metric that has no attribute but the operation.
fn operations(observe: Observe<'_>, can_happen: impl Fn(&Site) -> bool, count: impl Fn(&SiteMeter) -> u64) {
    Series::of(|series, site, meter| series.add(site, "", count(meter), can_happen(site)))
        .tell_operations(observe);
}

fn hedges(observe: Observe<'_>) {
    operations(observe, |site| site.config.hedge.is_some(), |meter| meter.attempts(AttemptKind::Hedge));
}

fn hedge_wins(observe: Observe<'_>) {
    operations(observe, |site| site.config.hedge.is_some(), |meter| meter.hedge_wins.load(Ordering::Relaxed));
}

fn successes(observe: Observe<'_>) {
    operations(observe, |_| true, SiteMeter::all_successes);
}

fn retried_successes(observe: Observe<'_>) {
    operations(
        observe,
        |site| site.config.retry.is_some(),
        |meter| meter.retried_successes.load(Ordering::Relaxed),
    );
}

fn retried_failures(observe: Observe<'_>) {
    operations(
        observe,
        |site| site.config.retry.is_some(),
        |meter| meter.retried_failures.load(Ordering::Relaxed),
    );
}

fn failures(observe: Observe<'_>) {
    let reasons = |series: &mut Series, site: &'static Site, meter: &'static SiteMeter| {
        for reason in StopReason::OF_FAILURES {
            let is_the_usual = reason == StopReason::Exhausted;
            series.add(site, reason.as_str(), meter.failures(reason), is_the_usual);
        }
        series.add(site, CallOutcome::Panicked.as_str(), meter.panics.load(Ordering::Relaxed), false);
    };
    Series::of(reasons).tell(observe, keys::STOP_REASON);
}

/// The same numbers as the failures, of functions that retry: what ended them is why there was no further attempt.
fn not_attempted(observe: Observe<'_>) {
    const REASONS: [(StopReason, &str); 8] = [
        (StopReason::Budget, "budget"),
        (StopReason::Deadline, "deadline"),
        (StopReason::BreakerOpen, "breaker_open"),
        (StopReason::RetryAfter, "retry_after"),
        (StopReason::Throttled, "throttled"),
        (StopReason::CallerRetries, "caller_retries"),
        (StopReason::PermanentError, "not_retryable"),
        (StopReason::IgnoredError, "not_retryable"),
    ];
    let reasons = |series: &mut Series, site: &'static Site, meter: &'static SiteMeter| {
        for (reason, value) in REASONS.into_iter().filter(|_| site.config.retry.is_some()) {
            let can_happen = reason == StopReason::Budget && site.config.budget.is_some();
            series.add(site, value, meter.failures(reason), can_happen);
        }
    };
    Series::of(reasons).tell(observe, keys::NOT_ATTEMPTED_REASON);
}

fn timeouts(observe: Observe<'_>) {
    let scopes = |series: &mut Series, site: &'static Site, meter: &'static SiteMeter| {
        for scope in TimeoutScope::ALL {
            let limit = match scope {
                TimeoutScope::Attempt => site.config.timeout,
                TimeoutScope::Call => site.config.deadline,
            };
            series.add(site, scope.as_str(), meter.timeouts(scope), limit.is_some());
        }
    };
    Series::of(scopes).tell(observe, keys::TIMEOUT_SCOPE);
}

/// No reason is known before it is given.
fn fallbacks(observe: Observe<'_>) {
    let reasons = |series: &mut Series, site: &'static Site, meter: &'static SiteMeter| {
        for (reason, count) in meter.fallbacks.all() {
            series.add(site, reason, count, false);
        }
    };
    Series::of(reasons).tell(observe, keys::FALLBACK_REASON);
}

/// What was found in caches, and what calls got of each other.
fn cache_requests(observe: Observe<'_>) {
    #[cfg(feature = "cache")]
    for (name, CacheReading { hits, misses, stale }) in readings::<Cache>() {
        for (result, count) in [("hit", hits), ("miss", misses), ("stale", stale)] {
            observe(count, &[keys::CACHE.value(name), keys::CACHE_RESULT.value(result)]);
        }
    }
    let mut coalesced: BTreeMap<&'static str, u64> = BTreeMap::new();
    for site in SITES.iter().filter(|site| site.config.coalesces) {
        *coalesced.entry(site.cache_name()).or_default() += site.coalesced();
    }
    for (name, count) in coalesced {
        observe(count, &[keys::CACHE.value(name), keys::CACHE_RESULT.value("coalesced")]);
    }
}

#[cfg_attr(not(feature = "propagation"), expect(unused_variables, reason = "there are none"))]
fn rejected_headers(observe: Observe<'_>) {
    #[cfg(feature = "propagation")]
    for header in Header::ALL {
        for fault in HeaderFault::ALL {
            let count = rejected(header, fault);
            if count > 0 {
                observe(
                    count,
                    &[keys::HEADER.value(header.as_str()), keys::HEADER_FAULT.value(fault.as_str())],
                );
            }
        }
    }
}

/// One figure of each policy of a kind, by its name.
fn each<P: Measured>(observe: Observe<'_>, figure: impl Fn(P::Reading) -> u64) {
    for (name, reading) in readings::<P>() {
        observe(figure(reading), &[P::NAME.value(name)]);
    }
}

fn throttle_rejections(observe: Observe<'_>) {
    each::<Throttle>(observe, |reading| reading.rejections);
}

fn breaker_states(observe: Observe<'_>) {
    each::<Breaker>(observe, |reading| match reading.state {
        State::Closed => 0,
        State::Open => 1,
        State::HalfOpen => 2,
    });
}

fn breaker_transitions(observe: Observe<'_>) {
    for (name, reading) in readings::<Breaker>() {
        for ((from, to), count) in reading.transitions {
            let attributes: [KeyValue; 3] = [
                keys::BREAKER.value(name),
                keys::PREVIOUS_STATE.value(from.as_str()),
                keys::STATE.value(to.as_str()),
            ];
            observe(count, &attributes);
        }
    }
}

fn breaker_rejections(observe: Observe<'_>) {
    each::<Breaker>(observe, |reading| reading.rejections);
}

fn rate_limit_allowed(observe: Observe<'_>) {
    each::<RateLimiter>(observe, |reading| reading.allowed);
}

fn rate_limit_rejected(observe: Observe<'_>) {
    each::<RateLimiter>(observe, |reading| reading.rejected);
}

fn bulkhead_usage(observe: Observe<'_>) {
    each::<Bulkhead>(observe, |reading| reading.usage);
}

fn bulkhead_limit(observe: Observe<'_>) {
    each::<Bulkhead>(observe, |reading| reading.limit);
}

fn bulkhead_rejections(observe: Observe<'_>) {
    each::<Bulkhead>(observe, |reading| reading.rejections);
}
