//! One execution of an annotated function: what its attempts share.
//!
//! The state is split in two. [`Core`] has no type parameters: everything that is not on the way of a first
//! attempt that succeeds lives in it, compiled once, out of line. [`Call`] adds the judge, whose types are the
//! function's own, and stays small enough to be inlined into the user's future.

use core::time::Duration;

use tracing::Span;

use crate::attempt::{Attempt, BoxedTimer, InlineTimer, Once};
use crate::breaker::Permit;
use crate::current::{Entered, Frame};
use crate::error::{Rejected, RejectedKind};
use crate::event::{self, DelaySource, Event, StopReason, TimeoutScope};
use crate::fallback::Fallback;
use crate::outcome::Class;
use crate::retry::{Cause, Decision};
use crate::rng::Rng;
use crate::site::Site;
use crate::telemetry::names::{AttemptKind, AttemptOutcome, CallOutcome};
use crate::telemetry::trace::{Trace, mark_error};
use crate::time::Tick;

/// One execution of an annotated function.
///
/// # Cancel safety
///
/// Dropping it at any point gives the breaker's permit back, counts nothing, and ends the spans as cancelled.
#[derive(Debug)]
pub struct Call<J> {
    pub(crate) core: Core,
    pub(crate) judge: J,
}

impl<J> Call<J> {
    #[inline]
    pub(crate) fn start(site: &'static Site, judge: J) -> Self {
        let detail = if Trace::is_off(site.level) { None } else { Detail::traced(Trace::start(site)) };
        Self { core: Core::start(site, detail), judge }
    }

    #[inline]
    pub(crate) fn start_in(site: &'static Site, span: Span, judge: J) -> Self {
        let detail = if span.is_disabled() { None } else { Detail::traced(Trace::of(span)) };
        Self { core: Core::start(site, detail), judge }
    }

    /// Runs `body` as the next attempt: `Break` is the call's result, `Continue` asks for another attempt, or
    /// for the fallback where [`falls_back`](Self::falls_back) says so.
    #[inline]
    pub fn attempt<F>(&mut self, body: F) -> Attempt<'_, J, F, BoxedTimer> {
        Attempt::new(self, body, BoxedTimer::default())
    }

    /// The same with room for a timer in the future, for a function with a limit: its healthy calls need one
    /// whenever the body has to wait, and must not allocate it.
    #[inline]
    pub fn timed_attempt<F>(&mut self, body: F) -> Attempt<'_, J, F, InlineTimer> {
        Attempt::new(self, body, InlineTimer::default())
    }

    /// Runs `body` as the only attempt.
    #[inline]
    pub fn once<F>(&mut self, body: F) -> Once<'_, J, F, BoxedTimer> {
        Once::new(self.attempt(body))
    }

    /// The same with room for a timer in the future.
    #[inline]
    pub fn timed_once<F>(&mut self, body: F) -> Once<'_, J, F, InlineTimer> {
        Once::new(self.timed_attempt(body))
    }

    /// Whether all attempts are over and the fallback is to answer.
    #[inline]
    pub fn falls_back(&self) -> bool {
        self.core.stage == Stage::FallingBack
    }

    /// Runs `body` as the fallback.
    pub fn fallback<F>(&mut self, body: F) -> Fallback<'_, J, F> {
        Fallback::new(self, body)
    }
}

/// The `error.type` of a failure that is no error.
const OTHER: &str = "_OTHER";

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Between attempts: before the first, or in a wait.
    Between,
    /// An attempt is under way, its body suspended.
    Running,
    /// The user's code is on the stack: a drop that finds this stage is a panic's.
    Inside,
    /// All attempts have failed, and the fallback is to answer.
    FallingBack,
    /// The result is known and everything has been told.
    Over,
}

/// What the attempts of a call share, whatever the types of its function.
#[derive(Debug)]
pub(crate) struct Core {
    site: &'static Site,
    /// Its own; a call around this one may have a sooner one.
    deadline: Option<Tick>,
    permit: Option<Permit<'static>>,
    detail: Option<Box<Detail>>,
    /// How often the body was started.
    attempts: u32,
    /// How many of `max` are used up: attempts, and refusals by the breaker.
    tries: u32,
    pub(crate) stage: Stage,
}

/// What only a call that is traced, or has failed, has to know.
#[derive(Debug, Default)]
struct Detail {
    trace: Trace,
    /// The delay before the latest retry.
    delay: Duration,
    /// The one the backoff chose, which a hint may have replaced.
    computed: Duration,
    total_delay: Duration,
    stopped: Option<StopReason>,
    /// The `error.type` of the latest failure.
    error_type: &'static str,
}

impl Detail {
    #[cold]
    fn traced(trace: Trace) -> Option<Box<Self>> {
        trace.is_enabled().then(|| Box::new(Self { trace, ..Self::default() }))
    }
}

/// What comes after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The failure is the call's result.
    Stop,
    /// The fallback answers.
    FallBack,
    /// Another attempt at once.
    Retry,
    /// Another attempt at that tick.
    RetryAt(Tick),
}

/// A failure, as far as policies and telemetry care.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    pub(crate) outcome: CallOutcome,
    /// `None` for a value that counts as a failure.
    pub(crate) error_type: Option<&'static str>,
    pub(crate) message: Option<String>,
}

impl Failure {
    /// The `error.type` for those who need one.
    fn error_type(&self) -> &'static str {
        self.error_type.unwrap_or(OTHER)
    }
}

impl Core {
    #[inline]
    fn start(site: &'static Site, detail: Option<Box<Detail>>) -> Self {
        // Read here and not at the first suspension: a deadline counts the time of a body that never yields
        // too. A `timeout` alone reads no clock until the body suspends.
        let deadline = site.deadline.map(|deadline| Tick::now().after(deadline));
        Self { site, deadline, permit: None, detail, attempts: 0, tries: 0, stage: Stage::Between }
    }

    /// Makes this call the current one while its body is polled.
    #[inline]
    pub(crate) fn enter_frame(&self) -> Entered {
        Frame::enter(self.deadline, self.attempts)
    }

    /// The deadline, its own or that of a call around it, and whether it is its own.
    fn effective_deadline(&self) -> Option<(Tick, bool)> {
        match (self.deadline, Frame::current().deadline) {
            (Some(own), Some(outer)) if outer < own => Some((outer, false)),
            (Some(own), _) => Some((own, true)),
            (None, outer) => outer.map(|outer| (outer, false)),
        }
    }

    /// The span to poll the body in.
    #[inline]
    pub(crate) fn attempt_span(&self) -> Option<&Span> {
        self.detail.as_deref().map(|detail| detail.trace.attempt())
    }

    /// Whether a failure's message is of any use.
    pub(crate) fn is_traced(&self) -> bool {
        self.detail.as_deref().is_some_and(|detail| detail.trace.is_enabled())
    }

    /// Asks the breaker, and begins an attempt when it admits one.
    #[expect(clippy::inline_always, reason = "as a call it costs a fifth of a healthy call's instructions")]
    #[inline(always)]
    pub(crate) fn admit(&mut self) -> Result<(), Rejected> {
        self.tries += 1;
        if self.detail.is_some() {
            return self.admit_in_detail();
        }
        if let Some(breaker) = self.site.breaker.get() {
            self.permit = match breaker.try_acquire_closed() {
                None => Some(breaker.try_acquire_timed()?),
                closed => closed,
            };
        }
        self.attempts += 1;
        Ok(())
    }

    #[cold]
    fn admit_in_detail(&mut self) -> Result<(), Rejected> {
        let Some(detail) = &mut self.detail else { return Ok(()) };
        if let Some(breaker) = self.site.breaker.get() {
            self.permit = Some(detail.trace.in_call(|| breaker.try_acquire())?);
        }
        self.attempts += 1;
        let kind = match &self.permit {
            Some(permit) if permit.is_probe() => AttemptKind::Probe,
            _ if self.attempts > 1 => AttemptKind::Retry,
            _ => AttemptKind::Original,
        };
        detail.trace.attempt_begins(self.site, self.attempts, kind, detail.delay);
        Ok(())
    }

    /// When the body of this attempt has to be done, if it has to.
    #[inline]
    pub(crate) fn has_limit(&self) -> bool {
        // An inherited deadline alone needs no timer: the call around this one has it.
        self.site.timeout.is_some() || self.site.deadline.is_some()
    }

    /// The tick at which the attempt that is suspended for the first time runs out of time.
    pub(crate) fn limit(&self) -> Tick {
        let timeout = self.site.timeout.map(|timeout| Tick::now().after(timeout));
        match (timeout, self.effective_deadline()) {
            (Some(timeout), Some((deadline, _))) => timeout.min(deadline),
            (Some(limit), None) | (None, Some((limit, _))) => limit,
            (None, None) => unreachable!("a limit is asked for where there is one"),
        }
    }

    /// The attempt has succeeded, and so has the call.
    #[inline]
    pub(crate) fn succeeded(&mut self) {
        self.stage = Stage::Over;
        if self.detail.is_some() {
            return self.succeeded_in_detail();
        }
        Permit::succeed_in(&mut self.permit);
    }

    #[cold]
    fn succeeded_in_detail(&mut self) {
        self.settle_permit(Some(false));
        if let Some(detail) = &mut self.detail {
            detail.trace.attempt_ends(AttemptOutcome::Success, None, None);
        }
        self.finish(CallOutcome::Success, None);
    }

    /// Tells the breaker how the attempt ended: failed or not, or not to be counted.
    fn settle_permit(&mut self, failed: Option<bool>) {
        let Some(permit) = self.permit.take() else { return };
        let settle = || match failed {
            Some(true) => permit.failure(),
            Some(false) => permit.success(),
            None => permit.ignore(),
        };
        match &self.detail {
            None => settle(),
            Some(detail) => detail.trace.in_call(settle),
        }
    }

    /// The body answered, and the answer counts as a failure.
    #[cold]
    pub(crate) fn failed(
        &mut self,
        class: Class,
        error_type: Option<&'static str>,
        message: Option<String>,
    ) -> Next {
        self.settle_permit(class.is_failure());
        self.attempt_failed(AttemptOutcome::of(class), error_type.unwrap_or(OTHER), message.as_deref());
        self.after(&Failure { cause: Cause::Failed(class), outcome: CallOutcome::Error, error_type, message })
    }

    /// The limit of the suspended attempt ran out; its body is dropped.
    #[cold]
    pub(crate) fn timed_out(&mut self) -> (Rejected, Next) {
        let operation = self.site.operation();
        self.settle_permit(Some(true));
        let deadline = self.effective_deadline().filter(|(deadline, _)| Tick::now() >= *deadline);
        let (scope, rejected) = match deadline {
            Some((_, is_own)) => {
                let limit = self.site.deadline.filter(|_| is_own).unwrap_or_default();
                (TimeoutScope::Call, Rejected::deadline(operation, limit))
            }
            None => {
                (TimeoutScope::Attempt, Rejected::timeout(operation, self.site.timeout.unwrap_or_default()))
            }
        };
        self.attempt_failed(AttemptOutcome::Timeout, rejected.as_error_type(), None);
        self.emit(&Event::Timeout { operation, scope, limit: rejected.limit() });
        let failure = Failure {
            cause: Cause::Failed(Class::Transient),
            outcome: CallOutcome::Timeout,
            error_type: Some(rejected.as_error_type()),
            message: self.is_traced().then(|| rejected.to_string()),
        };
        let next = if deadline.is_some() {
            // Without a retry nothing is stopped that would have gone on.
            self.stop(&failure, self.site.retry.is_some().then_some(StopReason::Deadline))
        } else {
            self.after(&failure)
        };
        (rejected, next)
    }

    /// A policy refused the attempt before its body could run.
    #[cold]
    pub(crate) fn refused(&mut self, rejected: Rejected) -> Next {
        let cause = match rejected.kind() {
            RejectedKind::BreakerOpen => {
                Cause::BreakerOpen { retry_after: rejected.retry_after().unwrap_or(Duration::MAX) }
            }
            RejectedKind::Timeout | RejectedKind::Deadline => Cause::Failed(Class::Transient),
        };
        self.after(&Failure {
            cause,
            outcome: CallOutcome::Rejected,
            error_type: Some(rejected.as_error_type()),
            message: self.is_traced().then(|| rejected.to_string()),
        })
    }

    fn attempt_failed(&mut self, outcome: AttemptOutcome, error_type: &'static str, message: Option<&str>) {
        if let Some(detail) = &mut self.detail {
            detail.trace.attempt_ends(outcome, Some(error_type), message);
        }
    }

    /// Decides what comes after a failure.
    fn after(&mut self, failure: &Failure) -> Next {
        let Some(retry) = &self.site.retry else { return self.stop(failure, None) };
        let remaining = self.effective_deadline().map(|(deadline, _)| deadline.since(Tick::now()));
        let previous = self.detail.as_deref().map_or(Duration::ZERO, |detail| detail.computed);
        // A policy of the user's may panic.
        self.stage = Stage::Inside;
        let decision = retry.decide(self.tries, previous, failure.cause, remaining, &mut Rng::of_thread());
        self.stage = Stage::Between;
        match decision {
            Decision::Stop(reason) => self.stop(failure, Some(reason)),
            Decision::RetryAfter { delay, source, computed } => {
                self.detail.get_or_insert_default().computed = computed;
                self.wait(failure, delay, source)
            }
        }
    }

    fn wait(&mut self, failure: &Failure, delay: Duration, source: DelaySource) -> Next {
        let operation = self.site.operation();
        self.emit(&Event::RetryScheduled {
            operation,
            attempt: self.attempts,
            delay,
            source,
            error_type: failure.error_type(),
        });
        let detail = self.detail.get_or_insert_default();
        detail.delay = delay;
        detail.total_delay = detail.total_delay.saturating_add(delay);
        if delay.is_zero() {
            return Next::Retry;
        }
        detail.trace.wait_begins(delay, source);
        Next::RetryAt(Tick::now().after(delay))
    }

    /// The wait before the next attempt is over.
    #[cold]
    pub(crate) fn waited(&mut self) {
        if let Some(detail) = &mut self.detail {
            detail.trace.wait_ends();
        }
    }

    /// No further attempt is made.
    fn stop(&mut self, failure: &Failure, reason: Option<StopReason>) -> Next {
        if let Some(reason) = reason
            && reason != StopReason::PermanentError
        {
            let operation = self.site.operation();
            self.emit(&Event::RetryExhausted { operation, attempts: self.attempts, reason });
        }
        if self.site.has_fallback {
            let detail = self.detail.get_or_insert_default();
            detail.stopped = reason;
            detail.error_type = failure.error_type();
            self.stage = Stage::FallingBack;
            return Next::FallBack;
        }
        if let Some(detail) = &mut self.detail {
            detail.stopped = reason;
        }
        let error = failure.error_type.map(|error_type| (error_type, failure.message.as_deref()));
        self.finish(failure.outcome, error);
        Next::Stop
    }

    /// The fallback begins: the span to poll it in.
    pub(crate) fn fallback_begins(&mut self) -> Span {
        let operation = self.site.operation();
        let detail = self.detail.get_or_insert_default();
        let reason = detail.error_type;
        let span = detail.trace.fallback(self.site, reason);
        self.emit(&Event::FallbackUsed { operation, reason });
        span
    }

    /// The fallback has answered, with an error of its own or without.
    pub(crate) fn fallback_ended(
        &mut self,
        span: &mut Option<Span>,
        error: Option<(&'static str, Option<&str>)>,
    ) {
        if let (Some(span), Some((error_type, message))) = (span.take(), error) {
            mark_error(&span, Some(error_type), message);
        }
        self.finish(if error.is_some() { CallOutcome::Error } else { CallOutcome::Fallback }, error);
    }

    /// Tells how the call ended.
    #[cold]
    fn finish(&mut self, outcome: CallOutcome, error: Option<(&'static str, Option<&str>)>) {
        self.stage = Stage::Over;
        if let Some(detail) = &mut self.detail {
            let Detail { total_delay, stopped, .. } = **detail;
            detail.trace.finish(outcome, self.attempts, total_delay, stopped, error);
        }
    }

    fn emit(&self, event: &Event) {
        match &self.detail {
            None => event::emit(event),
            Some(detail) => detail.trace.in_call(|| event::emit(event)),
        }
    }

    /// The call is dropped before its result was known: cancelled, or unwinding from the user's code.
    #[cold]
    fn abandon(&mut self) {
        let (attempt, call, failed) = match self.stage {
            Stage::Inside => (AttemptOutcome::Panicked, CallOutcome::Panicked, Some(true)),
            _ => (AttemptOutcome::Cancelled, CallOutcome::Cancelled, None),
        };
        self.settle_permit(failed);
        if let Some(detail) = &mut self.detail {
            detail.trace.wait_ends();
            detail.trace.attempt_ends(attempt, None, None);
            if call == CallOutcome::Cancelled && self.site.retry.is_some() {
                detail.stopped = Some(StopReason::Cancelled);
            }
        }
        self.finish(call, None);
    }
}

impl Drop for Core {
    #[inline]
    fn drop(&mut self) {
        if self.stage != Stage::Over {
            self.abandon();
        }
    }
}
