//! The metrics of `telemetry/registry.yaml`; written by `cargo xtask schema`.

use super::instruments::{Kind, Metric};

/// All of them.
#[cfg(all(test, not(resilience_loom)))]
pub(crate) const ALL: &[&Metric] = &[
    &RETRY_ATTEMPTS,
    &RETRY_SUCCESSES,
    &RETRY_FAILURES,
    &RETRY_BACKOFF_DURATION,
    &RELIABILITY_RETRY_ATTEMPTS,
    &RELIABILITY_RETRY_SUCCESSES,
    &RELIABILITY_RETRY_FAILURES,
    &RELIABILITY_RETRY_NOT_ATTEMPTED,
    &RELIABILITY_REQUEST_DURATION,
    &RELIABILITY_ATTEMPT_DURATION,
    &RELIABILITY_TIMEOUTS,
    &RELIABILITY_FALLBACK_INVOCATIONS,
    &RELIABILITY_HEDGE_REQUESTS,
    &RELIABILITY_HEDGE_WINS,
    &RELIABILITY_CACHE_REQUESTS,
    &RELIABILITY_THROTTLE_REJECTIONS,
    &RELIABILITY_CIRCUIT_BREAKER_STATE,
    &RELIABILITY_CIRCUIT_BREAKER_TRANSITIONS,
    &RELIABILITY_CIRCUIT_BREAKER_REJECTIONS,
    &RELIABILITY_RATE_LIMIT_ALLOWED,
    &RELIABILITY_RATE_LIMIT_REJECTED,
    &RELIABILITY_BULKHEAD_USAGE,
    &RELIABILITY_BULKHEAD_LIMIT,
    &RELIABILITY_BULKHEAD_REJECTIONS,
    &RELIABILITY_PROPAGATION_REJECTED_HEADERS,
    &RELIABILITY_QUEUE_WAIT_TIME,
];

pub(crate) const RETRY_ATTEMPTS: Metric = Metric {
    name: "retry.attempts",
    kind: Kind::Counter,
    unit: "{attempt}",
    about: "Executions of the body, the first of each call included, counted when they end.",
    boundaries: &[],
};

pub(crate) const RETRY_SUCCESSES: Metric = Metric {
    name: "retry.successes",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Calls that left the retry layer with success.",
    boundaries: &[],
};

pub(crate) const RETRY_FAILURES: Metric = Metric {
    name: "retry.failures",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Calls that left the retry layer without success. One that is cancelled is neither success nor failure.",
    boundaries: &[],
};

pub(crate) const RETRY_BACKOFF_DURATION: Metric = Metric {
    name: "retry.backoff_duration",
    kind: Kind::Histogram,
    unit: "s",
    about: "Waits between attempts, as long as they were.",
    boundaries: &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
};

pub(crate) const RELIABILITY_RETRY_ATTEMPTS: Metric = Metric {
    name: "reliability.retry.attempts",
    kind: Kind::Histogram,
    unit: "{retry}",
    about: "Retries of a call, recorded when there were any.",
    boundaries: &[1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 50.0],
};

pub(crate) const RELIABILITY_RETRY_SUCCESSES: Metric = Metric {
    name: "reliability.retry.successes",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Calls that succeeded after at least one retry.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_RETRY_FAILURES: Metric = Metric {
    name: "reliability.retry.failures",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Calls that failed after at least one retry.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_RETRY_NOT_ATTEMPTED: Metric = Metric {
    name: "reliability.retry.not_attempted",
    kind: Kind::Counter,
    unit: "{attempt}",
    about: "Retries that the policy could have made and did not.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_REQUEST_DURATION: Metric = Metric {
    name: "reliability.request.duration",
    kind: Kind::Histogram,
    unit: "s",
    about: "Whole calls with their waits.",
    boundaries: &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
};

pub(crate) const RELIABILITY_ATTEMPT_DURATION: Metric = Metric {
    name: "reliability.attempt.duration",
    kind: Kind::Histogram,
    unit: "s",
    about: "Single executions of the body.",
    boundaries: &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
};

pub(crate) const RELIABILITY_TIMEOUTS: Metric = Metric {
    name: "reliability.timeouts",
    kind: Kind::Counter,
    unit: "{timeout}",
    about: "Limits on time that ran out.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_FALLBACK_INVOCATIONS: Metric = Metric {
    name: "reliability.fallback.invocations",
    kind: Kind::Counter,
    unit: "{invocation}",
    about: "Fallbacks that were asked for an answer, each of a chain for itself.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_HEDGE_REQUESTS: Metric = Metric {
    name: "reliability.hedge.requests",
    kind: Kind::Counter,
    unit: "{attempt}",
    about: "Extra attempts that a hedge made, counted when they end.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_HEDGE_WINS: Metric = Metric {
    name: "reliability.hedge.wins",
    kind: Kind::Counter,
    unit: "{attempt}",
    about: "Extra attempts that gave the answer.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_CACHE_REQUESTS: Metric = Metric {
    name: "reliability.cache.requests",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Calls of functions that have a cache, or share results, by what they got of that.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_THROTTLE_REJECTIONS: Metric = Metric {
    name: "reliability.throttle.rejections",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Attempts that a throttle refused.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_CIRCUIT_BREAKER_STATE: Metric = Metric {
    name: "reliability.circuit_breaker.state",
    kind: Kind::Gauge,
    unit: "{state}",
    about: "The state of a breaker: 0 closed, 1 open, 2 half-open.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_CIRCUIT_BREAKER_TRANSITIONS: Metric = Metric {
    name: "reliability.circuit_breaker.transitions",
    kind: Kind::Counter,
    unit: "{transition}",
    about: "Changes of a breaker's state.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_CIRCUIT_BREAKER_REJECTIONS: Metric = Metric {
    name: "reliability.circuit_breaker.rejections",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Attempts that a breaker refused.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_RATE_LIMIT_ALLOWED: Metric = Metric {
    name: "reliability.rate_limit.allowed",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Attempts that a rate limiter admitted, after a wait or at once.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_RATE_LIMIT_REJECTED: Metric = Metric {
    name: "reliability.rate_limit.rejected",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Attempts that a rate limiter refused.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_BULKHEAD_USAGE: Metric = Metric {
    name: "reliability.bulkhead.usage",
    kind: Kind::UpDownCounter,
    unit: "{call}",
    about: "Attempts inside a bulkhead now.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_BULKHEAD_LIMIT: Metric = Metric {
    name: "reliability.bulkhead.limit",
    kind: Kind::UpDownCounter,
    unit: "{call}",
    about: "How many a bulkhead lets in at once.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_BULKHEAD_REJECTIONS: Metric = Metric {
    name: "reliability.bulkhead.rejections",
    kind: Kind::Counter,
    unit: "{call}",
    about: "Attempts that a bulkhead refused.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_PROPAGATION_REJECTED_HEADERS: Metric = Metric {
    name: "reliability.propagation.rejected_headers",
    kind: Kind::Counter,
    unit: "{header}",
    about: "Headers of callers that were ignored.",
    boundaries: &[],
};

pub(crate) const RELIABILITY_QUEUE_WAIT_TIME: Metric = Metric {
    name: "reliability.queue.wait_time",
    kind: Kind::Histogram,
    unit: "s",
    about: "Waits for a rate limit or a bulkhead.",
    boundaries: &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
};
