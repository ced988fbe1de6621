//! What comes after a failure: the breaker is told, the retry policy is asked, and the events are emitted.

use core::num::NonZeroU32;
use core::time::Duration;

use super::core::{Core, Stage};
use crate::current::inherited::caller_retries;
use crate::event::{DelaySource, Event, StopReason, TimeoutScope};
use crate::outcome::Class;
use crate::outcome::{Rejected, RejectedKind};
use crate::policy::retry::{Cause, Decision};
use crate::rng::Rng;
use crate::telemetry::trace::ErrorInfo;
use crate::telemetry::values::{AttemptOutcome, CallOutcome, OTHER};
use crate::time::Tick;

/// What a fallback stands in for when the whole call is out of time.
const DEADLINE: &str = "deadline";

/// What comes after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The failure is the call's result.
    Stop,
    /// An older answer is.
    #[cfg(feature = "cache")]
    Stale,
    /// The fallback answers.
    FallBack,
    /// Another attempt: at that tick, or as soon as others have had their turn.
    Retry(Option<Tick>),
}

/// A failure, as far as policies and telemetry care.
#[derive(Debug)]
pub(super) struct Failure {
    cause: Cause,
    outcome: CallOutcome,
    /// Why no attempt follows where the function does not retry.
    last: StopReason,
    /// `None` for a value that counts as a failure.
    error_type: Option<&'static str>,
    message: Option<String>,
}

impl Failure {
    /// An answer that counts as one.
    pub(super) fn answered(class: Class, error_type: Option<&'static str>, message: Option<String>) -> Self {
        let last = class.stop_reason().unwrap_or(StopReason::Exhausted);
        Self { cause: Cause::Failed(class), outcome: CallOutcome::Error, last, error_type, message }
    }

    /// The `error.type` for those who need one.
    fn error_type(&self) -> &'static str {
        self.error_type.unwrap_or(OTHER)
    }

    /// The error that the caller gets; none where it is a value.
    fn error(&self) -> Option<ErrorInfo<'_>> {
        self.error_type.map(|kind| ErrorInfo { kind, message: self.message.as_deref() })
    }
}

impl Core {
    /// The body answered, and the answer counts as a failure.
    #[cold]
    pub(super) fn failed(
        &mut self,
        class: Class,
        error_type: Option<&'static str>,
        message: Option<String>,
    ) -> Next {
        let failure = self.attempt_answered(class, error_type, message);
        self.after(&failure)
    }

    /// An attempt answered so, which may not be the end of all that are under way.
    pub(super) fn attempt_answered(
        &mut self,
        class: Class,
        error_type: Option<&'static str>,
        message: Option<String>,
    ) -> Failure {
        let outcome = AttemptOutcome::of(class);
        self.meter.attempt_ends(self.site, self.attempt_kind(), outcome);
        self.settle_permit(self.verdict(class.is_failure()));
        let error = ErrorInfo { kind: error_type.unwrap_or(OTHER), message: message.as_deref() };
        self.attempt_failed(outcome, error);
        Failure::answered(class, error_type, message)
    }

    /// The limit of the suspended attempt ran out; its body is dropped.
    #[cold]
    pub(super) fn timed_out(&mut self) -> (Rejected, Next) {
        let (rejected, failure, scope) = self.attempt_timed_out();
        (rejected, self.after_time_out(&failure, scope))
    }

    /// The same, which may not be the end of all attempts that are under way.
    pub(super) fn attempt_timed_out(&mut self) -> (Rejected, Failure, TimeoutScope) {
        let operation = self.site.operation();
        self.meter.attempt_ends(self.site, self.attempt_kind(), AttemptOutcome::Timeout);
        self.settle_permit(self.verdict(Some(true)));
        let deadline = self.effective_deadline().filter(|(deadline, _)| Tick::now() >= *deadline);
        let (scope, rejected) = match deadline {
            Some((_, is_own)) => {
                let limit = self.site.config.deadline.filter(|_| is_own).unwrap_or_default();
                (TimeoutScope::Call, Rejected::deadline(operation, limit))
            }
            None => (
                TimeoutScope::Attempt,
                Rejected::timeout(operation, self.site.config.timeout.unwrap_or_default()),
            ),
        };
        let of_attempt = self.is_traced().then(|| rejected.of_attempt());
        let error = ErrorInfo { kind: rejected.as_error_type(), message: of_attempt.as_deref() };
        self.attempt_failed(AttemptOutcome::Timeout, error);
        self.meter.timed_out(self.site, scope);
        self.emit(&Event::Timeout { operation, scope, limit: rejected.duration() });
        let last = if deadline.is_some() { StopReason::Deadline } else { StopReason::Exhausted };
        let failure = self.refusal(&rejected, Cause::Failed(Class::Transient), CallOutcome::Timeout, last);
        (rejected, failure, scope)
    }

    fn refusal(&self, rejected: &Rejected, cause: Cause, outcome: CallOutcome, last: StopReason) -> Failure {
        let message = self.is_traced().then(|| rejected.to_string());
        Failure { cause, outcome, last, error_type: Some(rejected.as_error_type()), message }
    }

    /// Decides what comes after an attempt that ran into that limit.
    pub(super) fn after_time_out(&mut self, failure: &Failure, scope: TimeoutScope) -> Next {
        match scope {
            TimeoutScope::Attempt => self.after(failure),
            TimeoutScope::Call => {
                let next =
                    self.stop(failure, self.site.config.retry.is_some().then_some(StopReason::Deadline));
                self.blame_deadline();
                next
            }
        }
    }

    /// For the fallback, which the limit of an attempt is another reason for.
    fn blame_deadline(&mut self) {
        if let Some(detail) = &mut self.detail {
            detail.error_type = DEADLINE;
        }
    }

    /// A policy refused the attempt before its body could run.
    #[cold]
    pub(super) fn refused(&mut self, rejected: &Rejected) -> Next {
        let last = stop_after(rejected.kind());
        let failure = self.refusal(rejected, cause_of(rejected), CallOutcome::Rejected, last);
        self.after(&failure)
    }

    /// The same of the call whose result this one shares.
    pub(super) fn shared_refusal(&self, rejected: &Rejected) -> Failure {
        let outcome = match rejected.kind() {
            RejectedKind::Timeout | RejectedKind::Deadline => CallOutcome::Timeout,
            _ => CallOutcome::Rejected,
        };
        self.refusal(rejected, cause_of(rejected), outcome, stop_after(rejected.kind()))
    }

    /// The deadline came while the call waited for the result of another one.
    pub(super) fn follower_out_of_time(&mut self) -> (Rejected, Next) {
        let (operation, scope) = (self.site.operation(), TimeoutScope::Call);
        let rejected = Rejected::deadline(operation, self.site.config.deadline.unwrap_or_default());
        self.meter.timed_out(self.site, scope);
        self.emit(&Event::Timeout { operation, scope, limit: rejected.duration() });
        let failure = self.shared_refusal(&rejected);
        let next = self.give_up(&failure, None);
        self.blame_deadline();
        (rejected, next)
    }

    pub(super) fn attempt_failed(&mut self, outcome: AttemptOutcome, error: ErrorInfo<'_>) {
        if let Some(detail) = &mut self.detail {
            detail.trace.attempt_ends(outcome, Some(error));
        }
    }

    /// Decides what comes after a failure.
    #[inline]
    pub(super) fn after(&mut self, failure: &Failure) -> Next {
        let Some(retry) = &self.site.config.retry else { return self.stop(failure, None) };
        let remaining = self.remaining();
        let previous = self.detail.as_ref().map_or(Duration::ZERO, |detail| detail.computed);
        // A policy of the user's may panic.
        self.stage = Stage::Inside;
        let decision = retry.decide(self.tries, previous, failure.cause, remaining, &mut Rng::of_thread());
        self.stage = Stage::Between;
        match decision {
            Decision::Stop(reason) => self.stop(failure, Some(reason)),
            Decision::OutOfTime { short_of } => {
                let millis = u32::try_from(short_of.as_millis()).unwrap_or(u32::MAX);
                self.short_of_time = Some(NonZeroU32::MIN.saturating_add(millis));
                self.stop(failure, Some(StopReason::Deadline))
            }
            Decision::RetryAfter { .. } if caller_retries() => {
                self.stop(failure, Some(StopReason::CallerRetries))
            }
            Decision::RetryAfter { delay, source, computed } => {
                if !self.withdraw() {
                    return self.stop(failure, Some(StopReason::Budget));
                }
                self.detail.get_or_insert_default().computed = computed;
                self.wait(failure, delay, source)
            }
        }
    }

    /// Takes the next attempt from the budget, if there is one: `false` when it is spent.
    fn withdraw(&mut self) -> bool {
        let Some(budget) = self.site.get_budget() else { return true };
        // A retry that a policy refused has not begun, and is paid for.
        if self.detail.as_ref().is_some_and(|detail| detail.withdrawal.is_some()) {
            return true;
        }
        let withdrawal = self.in_call(|| budget.withdraw());
        let is_left = withdrawal.is_some();
        self.detail.get_or_insert_default().withdrawal = withdrawal;
        is_left
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
        detail.delay = detail.delay.saturating_add(delay);
        detail.total_delay = detail.total_delay.saturating_add(delay);
        self.meter.wait_begins();
        if delay.is_zero() {
            return Next::Retry(None);
        }
        detail.trace.wait_begins(delay, source);
        let until = Tick::now().after(delay);
        detail.waits_until = Some(until);
        Next::Retry(Some(until))
    }

    /// The wait before the next attempt is over.
    #[cold]
    pub(super) fn waited(&mut self) {
        self.meter.wait_ends(self.site);
        if let Some(detail) = &mut self.detail {
            detail.waits_until = None;
            detail.trace.wait_ends();
        }
    }

    /// No further attempt is made.
    #[inline]
    fn stop(&mut self, failure: &Failure, reason: Option<StopReason>) -> Next {
        self.meter.gave_up(self.site, self.rounds(), reason.unwrap_or(failure.last));
        if let Some(detail) = &mut self.detail {
            // A retry that a policy refused is not made any more.
            detail.withdrawal = None;
        }
        if let Some(reason) = reason
            && !matches!(reason, StopReason::PermanentError | StopReason::IgnoredError)
        {
            let operation = self.site.operation();
            self.emit(&Event::RetryExhausted { operation, attempts: self.attempts, reason });
        }
        self.give_up(failure, reason)
    }

    /// The call has failed as far as attempts can help.
    #[inline]
    pub(super) fn give_up(&mut self, failure: &Failure, reason: Option<StopReason>) -> Next {
        #[cfg(feature = "cache")]
        if self.is_answered_by_stale(failure.cause, reason) {
            return Next::Stale;
        }
        if self.site.has_fallback() {
            let detail = self.detail.get_or_insert_default();
            detail.stopped = reason;
            detail.error_type = failure.error_type();
            self.stage = Stage::FallingBack;
            return Next::FallBack;
        }
        if let Some(detail) = &mut self.detail {
            detail.stopped = reason;
        }
        self.finish(failure.outcome, failure.error());
        Next::Stop
    }
}

/// What a refusal is to the retry policy.
fn cause_of(rejected: &Rejected) -> Cause {
    match rejected.kind() {
        RejectedKind::BreakerOpen => {
            Cause::BreakerOpen { retry_after: rejected.retry_after().unwrap_or(Duration::MAX) }
        }
        RejectedKind::RateLimited | RejectedKind::BulkheadFull => {
            Cause::Limited { retry_after: rejected.retry_after() }
        }
        RejectedKind::Throttled => Cause::Throttled,
        RejectedKind::Timeout | RejectedKind::Deadline => Cause::Failed(Class::Transient),
    }
}

/// Why no attempt follows a refusal, where the function does not retry.
pub(super) const fn stop_after(kind: RejectedKind) -> StopReason {
    match kind {
        RejectedKind::BreakerOpen => StopReason::BreakerOpen,
        RejectedKind::Throttled => StopReason::Throttled,
        _ => StopReason::Exhausted,
    }
}
