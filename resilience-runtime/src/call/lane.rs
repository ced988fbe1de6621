//! Attempts that go on beside each other: what each has to itself.
//!
//! The call's [`Core`] knows one attempt, the one that begins or ends. With a hedge there are several, so that each
//! takes what it holds out of the core when it has begun, and puts it back to be ended by the same code as ever.

use core::future::Future;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;
use tracing::Span;

use super::core::{Core, Stage};
use super::limits::{CoreRef, Limits};
use crate::current::Frame;
use crate::current::inherited::Further;
use crate::outcome::RejectedKind;
use crate::policy::breaker::Permit;
use crate::telemetry::meter::AttemptMeter;
use crate::telemetry::trace::ErrorInfo;
use crate::telemetry::values::{AttemptKind, AttemptOutcome};
use crate::time::{Moment, Tick};

/// What one of several attempts holds.
#[derive(Debug)]
pub(super) struct Lane<L> {
    permit: Option<Permit<'static>>,
    span: Span,
    kind: AttemptKind,
    meter: AttemptMeter,
    /// Which attempt of the call it is, from 1.
    pub(super) number: u32,
    pub(super) limits: L,
    /// When it runs out of time; known when it is suspended for the first time.
    pub(super) until: Option<Tick>,
    /// Its code is on the stack: a drop that finds this is a panic's.
    is_inside: bool,
}

impl Core {
    /// Takes out what the attempt that has just begun holds.
    pub(super) fn take_lane<L>(&mut self, limits: L) -> Lane<L> {
        let kind = self.attempt_kind();
        self.take_lane_of(kind, limits)
    }

    fn take_lane_of<L>(&mut self, kind: AttemptKind, limits: L) -> Lane<L> {
        let span = self.detail.as_mut().map_or_else(Span::none, |detail| detail.trace.take_body());
        Lane {
            permit: self.permit.take().map(ManuallyDrop::into_inner),
            span,
            kind,
            meter: self.meter.take_attempt(),
            number: self.attempts,
            limits,
            until: None,
            is_inside: false,
        }
    }

    /// Puts back what an attempt holds that is over, `failed` as for the breaker.
    pub(super) fn put_lane<L: Limits>(&mut self, lane: Lane<L>, failed: Option<bool>) {
        let Lane { permit, span, kind, meter, mut limits, .. } = lane;
        self.permit = permit.map(ManuallyDrop::new);
        self.lane_kind = Some(kind);
        self.meter.put_attempt(meter);
        if let Some(detail) = &mut self.detail {
            detail.trace.put_body(span);
        }
        limits.settle(failed);
    }

    /// Ends an attempt of which no answer is wanted any more.
    fn drop_lane<L: Limits>(&mut self, lane: Lane<L>) {
        let (outcome, failed, error) = if lane.is_inside {
            (AttemptOutcome::Panicked, Some(true), Some(ErrorInfo::PANIC))
        } else {
            (AttemptOutcome::Cancelled, None, None)
        };
        self.put_lane(lane, failed);
        self.meter.attempt_ends(self.site, self.attempt_kind(), outcome);
        self.settle_permit(failed);
        if let Some(detail) = &mut self.detail {
            detail.trace.attempt_ends(outcome, error);
        }
    }

    /// The attempt of those under way that gave the answer; the call is over when the others are.
    pub(super) fn attempt_won(&mut self) {
        let kind = self.attempt_kind();
        self.meter.attempt_ends(self.site, kind, AttemptOutcome::Success);
        self.meter.won(self.site, self.tries.saturating_sub(1), kind == AttemptKind::Hedge);
        self.settle_permit(Some(false));
        if let Some(detail) = &mut self.detail {
            detail.trace.attempt_won();
            detail.trace.attempt_ends(AttemptOutcome::Success, None);
        }
    }

    /// Begins an extra attempt if everything it has to ask is free; what is not, otherwise.
    pub(super) fn begin_extra<L: Limits>(&mut self, mut limits: L) -> Result<Lane<L>, RejectedKind> {
        limits.admit_at_once(CoreRef(self))?;
        self.attempts += 1;
        self.meter.attempt_begins(false);
        if let Some(detail) = &mut self.detail {
            detail.trace.attempt_begins(self.site, self.attempts, AttemptKind::Hedge, Duration::ZERO);
        }
        Ok(self.take_lane_of(AttemptKind::Hedge, limits))
    }
}

pin_project! {
    /// An attempt, and its body.
    #[derive(Debug)]
    pub(super) struct Branch<F, L> {
        #[pin]
        body: Option<F>,
        pub(super) lane: Option<Lane<L>>,
    }
}

impl<F: Future, L: Limits> Branch<F, L> {
    /// With a `lane` it is under way, without one it has yet to begin.
    pub(super) fn new(body: F, lane: Option<Lane<L>>) -> Self {
        Self { body: Some(body), lane }
    }

    /// Begins.
    pub(super) fn begin(self: Pin<&mut Self>, lane: Lane<L>) {
        *self.project().lane = Some(lane);
    }

    /// Whether it is under way.
    pub(super) fn is_running(&self) -> bool {
        self.lane.is_some()
    }

    /// When it runs out of time, if it is under way.
    pub(super) fn until(&self) -> Option<Tick> {
        self.lane.as_ref()?.until
    }

    /// Limits its time, now that it is suspended.
    pub(super) fn limit(self: Pin<&mut Self>, core: &Core) {
        if let Some(lane) = self.project().lane.as_mut().filter(|_| core.time_limit().is_any()) {
            lane.until.get_or_insert_with(|| core.time_limit().end(Moment::default()));
        }
    }

    /// Polls the body, if it is under way. One that is ready is judged next, by the user's code: it stays inside.
    pub(super) fn poll(self: Pin<&mut Self>, core: &mut Core, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let (Some(body), Some(lane)) = (this.body.as_pin_mut(), this.lane) else { return Poll::Pending };
        core.stage = Stage::Inside;
        lane.is_inside = true;
        let polled = {
            let _further = Further::beside(core.site, core.tries, core.attempts);
            let _frame = Frame::enter(core.deadline, lane.number);
            let _span = lane.span.enter();
            body.poll(cx)
        };
        if polled.is_pending() {
            core.stage = Stage::Running;
            lane.is_inside = false;
        }
        polled
    }

    /// Drops the body, and hands out what the attempt held: free before anyone hears how it ended.
    pub(super) fn end(self: Pin<&mut Self>, core: &mut Core) -> Option<Lane<L>> {
        let mut this = self.project();
        if let Some(lane) = this.lane.as_mut() {
            core.stage = Stage::Inside;
            lane.is_inside = true;
            let _span = lane.span.enter();
            this.body.set(None);
            lane.is_inside = false;
            core.stage = Stage::Running;
        }
        this.lane.take()
    }

    /// The body is over: takes what the attempt held, for its end.
    pub(super) fn take_lane(self: Pin<&mut Self>) -> Option<Lane<L>> {
        self.project().lane.take()
    }

    /// Drops the body, and gives back what the attempt held.
    pub(super) fn cancel(mut self: Pin<&mut Self>, core: &mut Core) {
        let stage = core.stage;
        // After a panic of the body it is over, and its lane says so.
        let has_panicked = self.lane.as_ref().is_some_and(|lane| lane.is_inside);
        let lane = if has_panicked {
            self.as_mut().project().body.set(None);
            self.take_lane()
        } else {
            self.end(core)
        };
        if let Some(lane) = lane {
            core.drop_lane(lane);
        }
        core.stage = stage;
    }
}
