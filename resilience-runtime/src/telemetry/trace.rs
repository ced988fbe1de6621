//! Spans through `tracing`.
//!
//! One span a call, one child an attempt, one a wait. A call whose level is filtered out costs one relaxed load and a
//! comparison: none of this is reached.

use core::time::Duration;

use tracing::field::Empty;
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::{Level, Span};

use super::names::{self, TARGET};
use super::values::{AttemptKind, AttemptOutcome, CallOutcome, QueueKind, QueueOutcome};
use crate::event::{DelaySource, StopReason};
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
            target: $crate::__private::names::TARGET,
            $level,
            $crate::__private::names::CALL,
            { $crate::__private::names::SPAN_NAME } = $site.operation(),
            { $crate::__private::names::SPAN_KIND } = "internal",
            { $crate::__private::names::STATUS } = $crate::__private::tracing::field::Empty,
            { $crate::__private::names::DESCRIPTION } = $crate::__private::tracing::field::Empty,
            { $crate::__private::names::OPERATION } = $site.operation(),
            { $crate::__private::names::OUTCOME } = $crate::__private::tracing::field::Empty,
            { $crate::__private::names::ATTEMPT_COUNT } = $crate::__private::tracing::field::Empty,
            { $crate::__private::names::STOP_REASON } = $crate::__private::tracing::field::Empty,
            { $crate::__private::names::MAX_ATTEMPTS } = $site.max_attempts(),
            { $crate::__private::names::TOTAL_DELAY } = $crate::__private::tracing::field::Empty,
            { $crate::__private::names::BREAKER } = $site.breaker_name(),
            { $crate::__private::names::STATE } = $site.breaker_state(),
            { $crate::__private::names::POLICY_DIGEST } = $site.digest(),
            { $crate::__private::names::ERROR_TYPE } = $crate::__private::tracing::field::Empty,
            { $crate::__private::names::FUNCTION } = $site.function(),
            { $crate::__private::names::FILE } = $site.file(),
            { $crate::__private::names::LINE } =
                <::core::primitive::i64 as ::core::convert::From<_>>::from($site.line()),
            $($($fields)*)?
        )
    };
}

/// The spans of a call that are open.
#[derive(Debug)]
pub(crate) struct Trace {
    call: Span,
    /// Of the user's code that is under way: an attempt or the fallback. The call's own where that one is switched off, so
    /// that what the code opens has its parent.
    body: Span,
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
        level > STATIC_MAX_LEVEL || level > LevelFilter::current()
    }

    /// Opens the span of a call.
    #[cold]
    pub(crate) fn start(site: &'static Site) -> Self {
        use crate::__call_span as call_span;
        Self::of(at_level!(site.config.level, call_span!(site)))
    }

    /// The call's span is `span`.
    pub(crate) const fn of(call: Span) -> Self {
        Self { call, body: Span::none(), wait: Span::none() }
    }

    /// Whether anyone listens.
    pub(crate) fn is_enabled(&self) -> bool {
        !self.call.is_disabled()
    }

    /// The span of the call.
    pub(crate) const fn call(&self) -> &Span {
        &self.call
    }

    /// The span of the attempt or the fallback under way, to poll it in.
    pub(crate) fn body(&self) -> &Span {
        &self.body
    }

    /// The same, to be kept elsewhere while other attempts are under way.
    pub(crate) fn take_body(&mut self) -> Span {
        core::mem::replace(&mut self.body, Span::none())
    }

    /// The attempt of that span is the one that ends next.
    pub(crate) fn put_body(&mut self, body: Span) {
        self.body = body;
    }

    /// Of several attempts that were under way, this one gave the answer.
    pub(crate) fn attempt_won(&self) {
        self.body.record(names::HEDGE_WINNER, true);
    }

    /// Runs `f` in the call's span, so that its events belong to it.
    pub(crate) fn in_call<T>(&self, f: impl FnOnce() -> T) -> T {
        self.call.in_scope(f)
    }

    /// Runs `f` in the span of the attempt under way.
    pub(crate) fn in_body(&self, f: impl FnOnce()) {
        if !self.body.is_disabled() {
            self.body.in_scope(f);
        }
    }

    /// Opens the span of an attempt, before which the call has waited for `delay`.
    pub(crate) fn attempt_begins(
        &mut self,
        site: &'static Site,
        number: u32,
        kind: AttemptKind,
        delay: Duration,
    ) {
        macro_rules! attempt_span_with {
            ($level:expr, $operation:expr, $($more:tt)*) => {
                tracing::span!(
                    target: TARGET,
                    parent: &self.call,
                    $level,
                    names::ATTEMPT,
                    { names::SPAN_NAME } = format_args!("{} attempt", $operation),
                    { names::SPAN_KIND } = "internal",
                    { names::STATUS } = Empty,
                    { names::DESCRIPTION } = Empty,
                    { names::OPERATION } = $operation,
                    { names::ATTEMPT_NUMBER } = i64::from(number),
                    { names::ATTEMPT_KIND } = kind.as_str(),
                    { names::ATTEMPT_OUTCOME } = Empty,
                    { names::DELAY } = Empty,
                    { names::CHAOS_FAULT } = Empty,
                    { names::CHAOS_LATENCY } = Empty,
                    { names::HEDGE_WINNER } = Empty,
                    { names::ERROR_TYPE } = Empty,
                    $($more)*
                )
            };
        }
        #[cfg(feature = "propagation")]
        macro_rules! attempt_span {
            ($level:expr, $operation:expr) => {
                attempt_span_with!(
                    $level,
                    $operation,
                    { names::RESEND_COUNT } = Empty,
                    { names::SERVER_ADDRESS } = Empty,
                    { names::SERVER_PORT } = Empty,
                )
            };
        }
        #[cfg(not(feature = "propagation"))]
        macro_rules! attempt_span {
            ($level:expr, $operation:expr) => {
                attempt_span_with!($level, $operation,)
            };
        }
        if !self.is_enabled() {
            return;
        }
        self.body_begins(at_level!(site.config.level, attempt_span!(site.operation())));
        // A hedge waits for nothing.
        if kind != AttemptKind::Hedge && (number > 1 || !delay.is_zero()) {
            self.body.record(names::DELAY, delay.as_secs_f64());
        }
        if kind == AttemptKind::Probe
            && let Some(breaker) = site.get_breaker()
        {
            self.in_body(|| breaker.opener.link());
        }
    }

    /// Closes the span of the attempt, if one is open; when the call is given up, that of the fallback too.
    pub(crate) fn attempt_ends(&mut self, outcome: AttemptOutcome, error: Option<ErrorInfo<'_>>) {
        self.body.record(names::ATTEMPT_OUTCOME, outcome.as_str());
        self.body_ends(error);
    }

    fn body_begins(&mut self, span: Span) {
        self.body = if span.is_disabled() { self.call.clone() } else { span };
    }

    fn body_ends(&mut self, error: Option<ErrorInfo<'_>>) {
        let span = self.take_body();
        if span == self.call {
            return;
        }
        if let Some(error) = error {
            error.mark(&span);
        }
        close(&span);
    }

    /// Opens the span of a wait.
    pub(crate) fn wait_begins(&mut self, delay: Duration, source: DelaySource) {
        if self.is_enabled() {
            self.wait = tracing::span!(
                target: TARGET,
                parent: &self.call,
                Level::DEBUG,
                names::BACKOFF,
                { names::SPAN_NAME } = names::BACKOFF,
                { names::SPAN_KIND } = "internal",
                { names::DELAY } = delay.as_secs_f64(),
                { names::DELAY_SOURCE } = source.as_str(),
            );
        }
    }

    /// Opens the span of a wait for a limit.
    pub(crate) fn queue_begins(&mut self, kind: QueueKind, name: &'static str) {
        if self.is_enabled() {
            self.wait = tracing::span!(
                target: TARGET,
                parent: &self.call,
                Level::DEBUG,
                names::ACQUIRE,
                { names::SPAN_NAME } = format_args!("acquire {name}"),
                { names::SPAN_KIND } = "internal",
                { names::STATUS } = Empty,
                { names::QUEUE_KIND } = kind.as_str(),
                { names::QUEUE_OUTCOME } = Empty,
            );
        }
    }

    /// Closes the span of a wait for a limit.
    pub(crate) fn queue_ends(&mut self, outcome: QueueOutcome) {
        self.wait.record(names::QUEUE_OUTCOME, outcome.as_str());
        if outcome == QueueOutcome::Rejected {
            self.wait.record(names::STATUS, "ERROR");
        }
        self.wait_ends();
    }

    /// Closes the span of a wait that is given up, if one is open: only one for a limit has an outcome.
    pub(crate) fn wait_is_cancelled(&mut self) {
        self.wait.record(names::QUEUE_OUTCOME, QueueOutcome::Cancelled.as_str());
        self.wait_ends();
    }

    /// Closes the span of the wait, if one is open.
    pub(crate) fn wait_ends(&mut self) {
        self.wait = Span::none();
    }

    /// Opens the span of the fallback.
    pub(crate) fn fallback_begins(&mut self, site: &'static Site, reason: &'static str) {
        macro_rules! fallback_span {
            ($level:expr, $operation:expr) => {
                tracing::span!(
                    target: TARGET,
                    parent: &self.call,
                    $level,
                    names::FALLBACK,
                    { names::SPAN_NAME } = format_args!("{} fallback", $operation),
                    { names::SPAN_KIND } = "internal",
                    { names::STATUS } = Empty,
                    { names::DESCRIPTION } = Empty,
                    { names::OPERATION } = $operation,
                    { names::FALLBACK_REASON } = reason,
                    { names::ERROR_TYPE } = Empty,
                )
            };
        }
        if self.is_enabled() {
            self.body_begins(at_level!(site.config.level, fallback_span!(site.operation())));
        }
    }

    /// Closes the span of the fallback, if one is open.
    pub(crate) fn fallback_ends(&mut self, error: Option<ErrorInfo<'_>>) {
        self.body_ends(error);
    }

    /// Records how the call ended, and closes its span.
    pub(crate) fn finish(
        &mut self,
        outcome: CallOutcome,
        attempts: u32,
        total_delay: Duration,
        stopped: Option<StopReason>,
        error: Option<ErrorInfo<'_>>,
    ) {
        let span = core::mem::replace(&mut self.call, Span::none());
        span.record(names::OUTCOME, outcome.as_str());
        span.record(names::ATTEMPT_COUNT, i64::from(attempts));
        if !total_delay.is_zero() {
            span.record(names::TOTAL_DELAY, total_delay.as_secs_f64());
        }
        if let Some(stopped) = stopped {
            span.record(names::STOP_REASON, stopped.as_str());
        }
        if let Some(error) = error {
            error.mark(&span);
        }
        close(&span);
    }
}

/// The end of a span is now; it is dropped next.
///
/// OpenTelemetry's layer takes the last exit of a span for its end, which was when the body was last polled, or when the
/// call last had something to tell.
fn close(span: &Span) {
    span.in_scope(|| ());
}

/// An error, as far as spans tell of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErrorInfo<'error> {
    pub(crate) kind: &'static str,
    pub(crate) message: Option<&'error str>,
}

impl ErrorInfo<'_> {
    /// A body that panicked. What it said is the panic hook's to tell.
    pub(crate) const PANIC: Self = Self { kind: "panic", message: None };

    /// Marks `span` as failed.
    fn mark(self, span: &Span) {
        span.record(names::STATUS, "ERROR");
        span.record(names::ERROR_TYPE, self.kind);
        if let Some(message) = self.message {
            span.record(names::DESCRIPTION, message);
        }
    }
}
