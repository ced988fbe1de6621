//! How attempts end that go on beside each other: with an answer, by a limit on time, or because nobody waits for them.

use core::future::Future;
use core::pin::Pin;

use super::{End, Hedged, Kept, branch};
use crate::call::core::{Core, Stage};
use crate::call::failure::Next;
use crate::call::lane::Lane;
use crate::call::limits::Limits;
use crate::event::{Event, TimeoutScope};
use crate::outcome::Class;
use crate::outcome::RejectedKind;
use crate::outcome::judge::Judges;
use crate::policy::hedge::Hedge;
use crate::policy::retry::longest_retry_after;
use crate::site::has;
use crate::telemetry::trace::ErrorInfo;
use crate::telemetry::values::{AttemptOutcome, CallOutcome};
use crate::time::Tick;

impl<J, L, M, F> Hedged<'_, J, L, M, F>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    M: FnMut() -> F,
{
    /// An attempt succeeded, and so has the call: the others are of no use any more.
    pub(super) fn won(mut self: Pin<&mut Self>, index: usize, result: F::Output) -> End<F::Output> {
        self.as_mut().sample();
        let this = self.as_mut().project();
        let core = this.call.core();
        let number = end_lane(core, branch(this.first, this.extras, index).take_lane(), Some(false));
        if this.extras.is_empty() {
            core.succeeded(has::BREAKER);
            return End { next: Next::Stop, answer: Ok(result) };
        }
        core.stage = Stage::Running;
        core.attempt_won();
        self.as_mut().cancel();
        let core = self.project().call.core();
        if index > 0 {
            core.emit(&Event::HedgeWon { operation: core.site.operation(), attempt: number });
        }
        core.finish(CallOutcome::Success, None);
        End { next: Next::Stop, answer: Ok(result) }
    }

    /// Tells the histogram how long the first attempt took, which has won or is under way.
    ///
    /// One that lost is told with the time it had: without it every extra attempt would take a slow sample away, and the
    /// percentile would sink for it. Extra attempts themselves are not: those that win are the fast ones. Nor is one that
    /// has failed.
    fn sample(self: Pin<&mut Self>) {
        let this = self.project();
        let latencies = this.call.core().site.config.hedge.as_ref().and_then(Hedge::latencies);
        if let Some(latencies) = latencies.filter(|_| this.first.is_running()) {
            let now = Tick::now();
            latencies.record(now, this.plan.elapsed(now));
        }
    }

    /// An attempt answered, and the answer counts as a failure.
    pub(super) fn failed(
        mut self: Pin<&mut Self>,
        index: usize,
        result: F::Output,
        class: Class,
    ) -> Option<End<F::Output>> {
        let this = self.as_mut().project();
        let (core, _, judge) = this.call.parts();
        let error_type = judge.error_type(&result);
        let message = if core.is_traced() { judge.message(&result) } else { None };
        let failed = core.verdict(class.is_failure());
        end_lane(core, branch(this.first, this.extras, index).take_lane(), failed);
        core.stage = Stage::Running;
        let failure = core.attempt_answered(class, error_type, message);
        if !class.is_retryable() {
            self.as_mut().cancel();
            let next = self.project().call.core().after(&failure);
            return Some(End { next, answer: Ok(result) });
        }
        self.keep(index, class, Kept { answer: Ok(result), failure });
        None
    }

    /// An attempt failed, and another may still succeed.
    fn keep(self: Pin<&mut Self>, index: usize, class: Class, kept: Kept<F::Output>) {
        let this = self.project();
        let (core, now) = (this.call.core(), Tick::now());
        if !this.plan.has_begun() {
            this.plan.begin(now, None);
        }
        let longest = longest_retry_after(core.site.config.retry.as_ref(), core.remaining().is_some());
        this.plan.failed(now, class, longest);
        *this.is_due = true;
        if index == 0 {
            *this.kept = Some(Box::new(kept));
        } else {
            core.stage = Stage::Inside;
            drop(kept);
            core.stage = Stage::Running;
        }
    }

    /// Ends the attempts that have run out of time; all of them with the call's.
    pub(super) fn time_out(mut self: Pin<&mut Self>, now: Tick) -> Option<End<F::Output>> {
        for index in 0..=self.extras.len() {
            let this = self.as_mut().project();
            let core = this.call.core();
            let mut attempt = branch(this.first, this.extras, index);
            attempt.as_mut().limit(core);
            if attempt.until().is_none_or(|until| now < until) {
                continue;
            }
            let lane = attempt.end(core);
            let is_over = core.effective_deadline().is_some_and(|(deadline, _)| deadline <= now);
            let others = if is_over { self.as_mut().end_all() } else { Vec::new() };
            let core = self.as_mut().project().call.core();
            let failed = core.verdict(Some(true));
            for lane in others {
                end_lane(core, Some(lane), failed);
                core.meter.attempt_ends(core.site, core.attempt_kind(), AttemptOutcome::Timeout);
                core.settle_permit(failed);
                let kind = RejectedKind::Deadline.as_error_type();
                core.attempt_failed(AttemptOutcome::Timeout, ErrorInfo { kind, message: None });
            }
            end_lane(core, lane, failed);
            let (rejected, failure, scope) = core.attempt_timed_out();
            if scope == TimeoutScope::Call {
                self.as_mut().cancel();
                let next = self.project().call.core().after_time_out(&failure, scope);
                return Some(End { next, answer: Err(rejected) });
            }
            self.as_mut().keep(index, Class::Transient, Kept { answer: Err(rejected), failure });
        }
        None
    }
}

impl<J, L, M, F> Hedged<'_, J, L, M, F>
where
    F: Future,
    L: Limits,
{
    /// Drops every body that is under way, and gives back what the attempts held.
    pub(super) fn cancel(self: Pin<&mut Self>) {
        let this = self.project();
        this.first.cancel(this.call.core());
        for extra in this.extras {
            extra.as_mut().cancel(this.call.core());
        }
    }

    /// Drops every body that is under way, and hands out what the attempts held.
    fn end_all(self: Pin<&mut Self>) -> Vec<Lane<L>> {
        let this = self.project();
        let core = this.call.core();
        let first = this.first.end(core);
        let extras = this.extras.iter_mut().filter_map(|extra| extra.as_mut().end(core));
        extras.collect::<Vec<_>>().into_iter().chain(first).collect()
    }
}

/// Puts back what an attempt held, for its end; which attempt it was.
fn end_lane<L: Limits>(core: &mut Core, lane: Option<Lane<L>>, failed: Option<bool>) -> u32 {
    let Some(lane) = lane else { unreachable!("an attempt that ends was under way") };
    let number = lane.number;
    core.put_lane(lane, failed);
    number
}
