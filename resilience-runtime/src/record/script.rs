//! Calls as the emitting side tells of them, put together by hand: for tests of this module.

use core::time::Duration;

use tracing::field::Empty;
use tracing::{Level, Span, event, span};

/// Lets paused time go on.
pub(crate) async fn pass(millis: u64) {
    tokio::time::advance(Duration::from_millis(millis)).await;
}

/// The span of a call, below the current one.
pub(crate) fn call(operation: &str) -> Span {
    span!(
        target: "reliability",
        Level::INFO,
        "call",
        otel.name = operation,
        otel.status_description = Empty,
        reliability.operation.name = operation,
        reliability.outcome = Empty,
        reliability.retry.stop_reason = Empty,
        error.type = Empty,
        code.file.path = "src/users.rs",
        code.line.number = 12,
        user.id = Empty,
        tag = Empty,
    )
}

pub(crate) fn attempt(call: &Span, number: i64, delay: f64) -> Span {
    let kind = if number == 1 { "original" } else { "retry" };
    span!(
        target: "reliability",
        parent: call,
        Level::INFO,
        "attempt",
        otel.status_description = Empty,
        reliability.attempt.number = number,
        reliability.attempt.kind = kind,
        reliability.attempt.outcome = Empty,
        reliability.retry.delay = delay,
        error.type = Empty,
    )
}

pub(crate) fn backoff(call: &Span, delay: f64, source: &str) -> Span {
    span!(
        target: "reliability",
        parent: call,
        Level::DEBUG,
        "backoff",
        reliability.retry.delay = delay,
        reliability.retry.delay_source = source,
    )
}

/// A wait for a limit, from start to end.
pub(crate) async fn queue(call: &Span, kind: &str, name: &str, millis: u64, outcome: &str) {
    let queue = span!(
        target: "reliability",
        parent: call,
        Level::DEBUG,
        "acquire",
        otel.name = format_args!("acquire {name}"),
        otel.status_code = Empty,
        reliability.queue.kind = kind,
        reliability.queue.outcome = Empty,
    );
    pass(millis).await;
    queue.record("reliability.queue.outcome", outcome);
}

pub(crate) fn fallback(call: &Span, reason: &str) -> Span {
    span!(
        target: "reliability",
        parent: call,
        Level::INFO,
        "fallback",
        reliability.fallback.reason = reason,
        error.type = Empty,
    )
}

/// An attempt from start to end, a wait before it included.
pub(crate) async fn try_once(call: &Span, number: i64, wait: u64, millis: u64, outcome: &str) {
    let delay = Duration::from_millis(wait).as_secs_f64();
    if wait > 0 {
        let backoff = backoff(call, delay, "policy");
        pass(wait).await;
        drop(backoff);
    }
    let attempt = attempt(call, number, delay);
    pass(millis).await;
    end_attempt(&attempt, outcome);
}

pub(crate) fn end_attempt(attempt: &Span, outcome: &str) {
    attempt.record("reliability.attempt.outcome", outcome);
    match outcome {
        "success" => {}
        "timeout" => {
            attempt.record("error.type", "timeout");
        }
        _ => {
            attempt.record("error.type", "io::ConnectionReset");
            attempt.record("otel.status_description", "connection reset by peer");
        }
    }
}

pub(crate) fn succeed(call: &Span) {
    call.record("reliability.outcome", "success");
}

pub(crate) fn fail(call: &Span, outcome: &str, stop_reason: &str, error: &str) {
    call.record("reliability.outcome", outcome);
    call.record("reliability.retry.stop_reason", stop_reason);
    call.record("error.type", error);
}

pub(crate) fn transition(breaker: &str, from: &str, to: &str, reason: &str) {
    event!(
        name: "reliability.circuit_breaker.transition",
        target: "reliability",
        Level::WARN,
        {
            reliability.circuit_breaker.name = breaker,
            reliability.circuit_breaker.previous_state = from,
            reliability.circuit_breaker.state = to,
            reliability.circuit_breaker.reason = reason,
            reliability.circuit_breaker.failure_ratio = 0.6,
        }
    );
}

pub(crate) fn refuse(breaker: &str, retry_after: f64) {
    event!(
        name: "reliability.circuit_breaker.rejected",
        target: "reliability",
        Level::DEBUG,
        {
            reliability.circuit_breaker.name = breaker,
            reliability.retry_after = retry_after,
        }
    );
}

pub(crate) fn limit(limiter: &str, retry_after: f64) {
    event!(
        name: "reliability.rate_limit.rejected",
        target: "reliability",
        Level::DEBUG,
        {
            reliability.rate_limit.name = limiter,
            reliability.retry_after = retry_after,
        }
    );
}

pub(crate) fn bulkhead(bulkhead: &str, waited: f64) {
    event!(
        name: "reliability.bulkhead.rejected",
        target: "reliability",
        Level::DEBUG,
        {
            reliability.bulkhead.name = bulkhead,
            reliability.bulkhead.waited = waited,
        }
    );
}

pub(crate) fn spend(budget: &str) {
    event!(
        name: "reliability.retry.budget_exhausted",
        target: "reliability",
        Level::WARN,
        {
            reliability.retry.budget.name = budget,
        }
    );
}

pub(crate) fn stale(cache: &str, age: f64) {
    event!(
        name: "reliability.cache.stale",
        target: "reliability",
        Level::WARN,
        {
            reliability.cache.name = cache,
            reliability.cache.age = age,
        }
    );
}

pub(crate) fn follow(cache: &str) {
    event!(
        name: "reliability.cache.coalesced",
        target: "reliability",
        Level::TRACE,
        {
            reliability.cache.name = cache,
        }
    );
}
