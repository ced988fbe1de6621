//! How a call ends: by the fallback, by its result, or by being dropped.

use core::mem::ManuallyDrop;

use super::core::{Core, Detail, Stage};
use crate::event::{self, Event, StopReason};
use crate::telemetry::trace::ErrorInfo;
use crate::telemetry::values::{AttemptOutcome, CallOutcome, OTHER};
use crate::time::Tick;

impl Core {
    /// The fallback begins.
    pub(super) fn fallback_begins(&mut self) {
        let operation = self.site.operation();
        let detail = self.detail.get_or_insert_default();
        let reason = detail.error_type;
        detail.trace.fallback_begins(self.site, reason);
        self.meter.falls_back(self.site, reason);
        self.emit(&Event::FallbackUsed { operation, reason });
    }

    /// The fallback has failed as well, and the one behind it is to answer.
    pub(super) fn fallback_failed(&mut self, error: Option<ErrorInfo<'_>>) {
        self.stage = Stage::FallingBack;
        let detail = self.detail.get_or_insert_default();
        detail.error_type = error.map_or(OTHER, |error| error.kind);
        detail.trace.fallback_ends(error);
    }

    /// The fallback has answered, with an error of its own or without.
    pub(super) fn fallback_ended(&mut self, error: Option<ErrorInfo<'_>>) {
        if let Some(detail) = &mut self.detail {
            detail.trace.fallback_ends(error);
        }
        self.finish(if error.is_some() { CallOutcome::Error } else { CallOutcome::Fallback }, error);
    }

    /// Tells how the call ended.
    #[inline]
    pub(super) fn finish(&mut self, outcome: CallOutcome, error: Option<ErrorInfo<'_>>) {
        self.stage = Stage::Over;
        self.meter.finished(self.site, self.rounds(), outcome, error.map(|error| error.kind));
        if let Some(detail) = self.detail.take() {
            self.finish_in_detail(ManuallyDrop::into_inner(detail), outcome, error);
        }
    }

    #[cold]
    fn finish_in_detail(&self, mut detail: Box<Detail>, outcome: CallOutcome, error: Option<ErrorInfo<'_>>) {
        let Detail { total_delay, stopped, .. } = *detail;
        detail.trace.finish(outcome, self.attempts, total_delay, stopped, error);
    }

    pub(super) fn emit(&self, event: &Event) {
        self.in_call(|| event::emit(event));
    }

    /// The call is dropped before its result was known: cancelled, or unwinding from the user's code.
    #[cold]
    pub(super) fn abandon(&mut self) {
        let (attempt, call, failed, error) = match self.stage {
            Stage::Inside => {
                (AttemptOutcome::Panicked, CallOutcome::Panicked, Some(true), Some(ErrorInfo::PANIC))
            }
            _ => (AttemptOutcome::Cancelled, CallOutcome::Cancelled, None, None),
        };
        self.meter.abandoned(self.site, self.rounds(), self.attempt_kind(), attempt);
        self.settle_permit(failed);
        if let Some(detail) = &mut self.detail {
            if let Some(until) = detail.waits_until {
                // What is left of the wait was not waited.
                detail.total_delay = detail.total_delay.saturating_sub(until.since(Tick::now()));
            }
            detail.trace.wait_is_cancelled();
            detail.trace.attempt_ends(attempt, error);
            if call == CallOutcome::Cancelled && self.site.config.retry.is_some() {
                detail.stopped.get_or_insert(StopReason::Cancelled);
            }
        }
        self.finish(call, error);
    }
}
