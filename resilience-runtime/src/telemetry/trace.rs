//! Spans and log events through `tracing`.
//!
//! One span a call, one child an attempt, one a wait; the events of [`Event`] as log events without a message,
//! named by their metadata. A call whose level is filtered out costs one relaxed load and a comparison: none
//! of this is reached.

use core::time::Duration;

use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span};

use super::names::{AttemptKind, AttemptOutcome, CallOutcome, TARGET};
use crate::breaker::State;
use crate::event::{DelaySource, Event, StopReason};
use crate::site::Site;

/// A `tracing` macro at a level known only at run time: each level needs a callsite of its own.
macro_rules! at_level {
    ($level:expr, $span:ident!($($fields:tt)*)) => {
        match $level {
            Level::ERROR => $span!(Level::ERROR, $($fields)*),
            Level::WARN => $span!(Level::WARN, $($fields)*),
            Level::INFO => $span!(Level::INFO, $($fields)*),
            Level::DEBUG => $span!(Level::DEBUG, $($fields)*),
            Level::TRACE => $span!(Level::TRACE, $($fields)*),
        }
    };
}

/// The span of a call, with fields of the user's own after ours.
///
/// A macro because field names are static: a function that adds fields needs a callsite of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_span {
    ($level:expr, $site:expr $(, $($fields:tt)*)?) => {
        $crate::__private::tracing::span!(
            target: "reliability",
            $level,
            "call",
            otel.name = $site.operation(),
            otel.kind = "internal",
            otel.status_code = $crate::__private::tracing::field::Empty,
            otel.status_description = $crate::__private::tracing::field::Empty,
            reliability.operation.name = $site.operation(),
            reliability.outcome = $crate::__private::tracing::field::Empty,
            reliability.attempt.count = $crate::__private::tracing::field::Empty,
            reliability.retry.stop_reason = $crate::__private::tracing::field::Empty,
            reliability.retry.max_attempts = $site.max_attempts(),
            reliability.retry.total_delay = $crate::__private::tracing::field::Empty,
            reliability.circuit_breaker.name = $site.breaker_name(),
            reliability.circuit_breaker.state = $site.breaker_state(),
            reliability.policy.digest = $site.digest(),
            error.type = $crate::__private::tracing::field::Empty,
            code.function.name = $site.function(),
            code.file.path = $site.file(),
            code.line.number = i64::from($site.line()),
            $($($fields)*)?
        )
    };
}

/// The spans of a call that are open.
#[derive(Debug)]
pub(crate) struct Trace {
    call: Span,
    attempt: Span,
    wait: Span,
}

impl Default for Trace {
    fn default() -> Self {
        Self::of(Span::none())
    }
}

impl Trace {
    /// Whether no subscriber can want spans of that level.
    #[inline]
    pub(crate) fn is_off(level: Level) -> bool {
        level > LevelFilter::current()
    }

    /// Opens the span of a call.
    #[cold]
    pub(crate) fn start(site: &'static Site) -> Self {
        use crate::__call_span as call_span;
        Self::of(at_level!(site.level, call_span!(site)))
    }

    /// The call's span is `span`.
    pub(crate) const fn of(call: Span) -> Self {
        Self { call, attempt: Span::none(), wait: Span::none() }
    }

    /// Whether anyone listens.
    pub(crate) fn is_enabled(&self) -> bool {
        !self.call.is_disabled()
    }

    /// The span of the attempt under way, to poll its body in.
    pub(crate) fn attempt(&self) -> &Span {
        &self.attempt
    }

    /// Runs `f` in the call's span, so that its events belong to it.
    pub(crate) fn in_call<T>(&self, f: impl FnOnce() -> T) -> T {
        self.call.in_scope(f)
    }

    /// Opens the span of an attempt, that was waited for for `delay`.
    pub(crate) fn attempt_begins(
        &mut self,
        site: &'static Site,
        number: u32,
        kind: AttemptKind,
        delay: Duration,
    ) {
        macro_rules! attempt_span {
            ($level:expr, $operation:expr) => {
                tracing::span!(
                    target: TARGET,
                    parent: &self.call,
                    $level,
                    "attempt",
                    otel.name = format_args!("{} attempt", $operation),
                    otel.kind = "internal",
                    otel.status_code = Empty,
                    otel.status_description = Empty,
                    reliability.operation.name = $operation,
                    reliability.attempt.number = i64::from(number),
                    reliability.attempt.kind = kind.as_str(),
                    reliability.attempt.outcome = Empty,
                    reliability.retry.delay = Empty,
                    error.type = Empty,
                )
            };
        }
        if !self.is_enabled() {
            return;
        }
        self.attempt = at_level!(site.level, attempt_span!(site.operation()));
        if number > 1 {
            self.attempt.record("reliability.retry.delay", delay.as_secs_f64());
        }
    }

    /// Closes the span of the attempt, if one is open.
    pub(crate) fn attempt_ends(
        &mut self,
        outcome: AttemptOutcome,
        error_type: Option<&'static str>,
        message: Option<&str>,
    ) {
        let span = core::mem::replace(&mut self.attempt, Span::none());
        span.record("reliability.attempt.outcome", outcome.as_str());
        if outcome == AttemptOutcome::Panicked {
            span.record("error.type", PANIC);
        }
        if outcome.is_error() {
            mark_error(&span, error_type, message);
        }
    }

    /// Opens the span of a wait.
    pub(crate) fn wait_begins(&mut self, delay: Duration, source: DelaySource) {
        if self.is_enabled() {
            self.wait = tracing::span!(
                target: TARGET,
                parent: &self.call,
                Level::DEBUG,
                "backoff",
                otel.name = "backoff",
                otel.kind = "internal",
                reliability.retry.delay = delay.as_secs_f64(),
                reliability.retry.delay_source = source.as_str(),
            );
        }
    }

    /// Closes the span of the wait, if one is open.
    pub(crate) fn wait_ends(&mut self) {
        self.wait = Span::none();
    }

    /// Opens the span of the fallback.
    pub(crate) fn fallback(&self, site: &'static Site, reason: &'static str) -> Span {
        macro_rules! fallback_span {
            ($level:expr, $operation:expr) => {
                tracing::span!(
                    target: TARGET,
                    parent: &self.call,
                    $level,
                    "fallback",
                    otel.name = format_args!("{} fallback", $operation),
                    otel.kind = "internal",
                    otel.status_code = Empty,
                    otel.status_description = Empty,
                    reliability.operation.name = $operation,
                    reliability.fallback.reason = reason,
                    error.type = Empty,
                )
            };
        }
        if !self.is_enabled() {
            return Span::none();
        }
        at_level!(site.level, fallback_span!(site.operation()))
    }

    /// Records how the call ended, and closes its span.
    pub(crate) fn finish(
        &mut self,
        outcome: CallOutcome,
        attempts: u32,
        total_delay: Duration,
        stopped: Option<StopReason>,
        error: Option<(&'static str, Option<&str>)>,
    ) {
        let span = core::mem::replace(&mut self.call, Span::none());
        span.record("reliability.outcome", outcome.as_str());
        span.record("reliability.attempt.count", i64::from(attempts));
        if !total_delay.is_zero() {
            span.record("reliability.retry.total_delay", total_delay.as_secs_f64());
        }
        if let Some(stopped) = stopped {
            span.record("reliability.retry.stop_reason", stopped.as_str());
        }
        match (outcome, error) {
            (CallOutcome::Panicked, _) => mark_error(&span, Some(PANIC), None),
            (_, Some((error_type, message))) => mark_error(&span, Some(error_type), message),
            (_, None) => {}
        }
    }
}

/// The `error.type` of a body that panicked.
const PANIC: &str = "panic";

/// Marks `span` as failed.
pub(crate) fn mark_error(span: &Span, error_type: Option<&'static str>, message: Option<&str>) {
    span.record("otel.status_code", "ERROR");
    if let Some(error_type) = error_type {
        span.record("error.type", error_type);
    }
    if let Some(message) = message {
        span.record("otel.status_description", message);
    }
}

/// Emits `event` as a `tracing` event.
pub(crate) fn record(event: &Event) {
    macro_rules! log {
        ($name:literal, $level:ident, { $($fields:tt)* }) => {
            tracing::event!(name: $name, target: TARGET, Level::$level, { $($fields)* })
        };
    }
    match *event {
        Event::RetryScheduled { operation, attempt, delay, source, error_type } => {
            log!("reliability.retry.scheduled", DEBUG, {
                reliability.operation.name = operation,
                reliability.attempt.number = i64::from(attempt),
                reliability.retry.delay = delay.as_secs_f64(),
                reliability.retry.delay_source = source.as_str(),
                error.type = error_type,
            });
        }
        Event::RetryExhausted { operation, attempts, reason } => {
            log!("reliability.retry.exhausted", WARN, {
                reliability.operation.name = operation,
                reliability.attempt.count = i64::from(attempts),
                reliability.retry.stop_reason = reason.as_str(),
            });
        }
        Event::BreakerTransition { breaker, from, to, reason, failure_ratio } => {
            macro_rules! transition {
                ($level:ident) => {
                    log!("reliability.circuit_breaker.transition", $level, {
                        reliability.circuit_breaker.name = breaker,
                        reliability.circuit_breaker.previous_state = from.as_str(),
                        reliability.circuit_breaker.state = to.as_str(),
                        reliability.circuit_breaker.reason = reason.as_str(),
                        reliability.circuit_breaker.failure_ratio = failure_ratio,
                    })
                };
            }
            if to == State::Open { transition!(WARN) } else { transition!(INFO) }
        }
        Event::BreakerThresholdExceeded { breaker, reason, failure_ratio } => {
            log!("reliability.circuit_breaker.threshold_exceeded", WARN, {
                reliability.circuit_breaker.name = breaker,
                reliability.circuit_breaker.reason = reason.as_str(),
                reliability.circuit_breaker.failure_ratio = failure_ratio,
            });
        }
        Event::BreakerRejected { breaker, retry_after } => {
            log!("reliability.circuit_breaker.rejected", DEBUG, {
                reliability.circuit_breaker.name = breaker,
                reliability.retry_after = retry_after.as_secs_f64(),
            });
        }
        Event::Timeout { operation, scope, limit } => {
            log!("reliability.timeout", WARN, {
                reliability.operation.name = operation,
                reliability.timeout.scope = scope.as_str(),
                reliability.timeout.limit = limit.as_secs_f64(),
            });
        }
        Event::FallbackUsed { operation, reason } => {
            log!("reliability.fallback.used", WARN, {
                reliability.operation.name = operation,
                reliability.fallback.reason = reason,
            });
        }
    }
}
