//! The limits that an attempt asks besides the breaker: throttle, rate limiter, bulkhead.

use core::mem::ManuallyDrop;
use core::num::NonZeroU64;
use core::task::{Context, Poll, ready};

use super::core::Core;
use super::limits::{Asked, CoreRef, Limits, Step};
use super::timer::{Timer, TimerTick};
use crate::outcome::{Rejected, RejectedKind};
use crate::policy::bulkhead::{Bulkhead, Enter, Slot};
use crate::policy::limiter::{RateLimiter, Reservation, Turn};
use crate::policy::throttle::Admission;
use crate::site::has::{self, includes};
use crate::telemetry::values::{QueueKind, QueueOutcome};
use crate::time::Tick;

/// A function with a throttle, a rate limit or a bulkhead.
///
/// # Cancel safety
///
/// Dropping it leaves every line and queue, and gives the slot back. Nothing that it holds is dropped but by its own
/// `Drop`, which is done after a question for each.
#[derive(Debug)]
pub struct Limited<const HAS: u32> {
    step: Step,
    admission: Option<ManuallyDrop<Admission<'static>>>,
    hold: Hold,
    key: Option<NonZeroU64>,
    pub(super) priority: i32,
}

/// What an attempt has of a rate limit or a bulkhead.
#[derive(Debug, Default)]
enum Hold {
    #[default]
    Nothing,
    Slot(ManuallyDrop<Slot<'static>>),
    /// In a box, since few calls wait.
    Waiting(ManuallyDrop<Box<Waiting>>),
}

#[derive(Debug)]
enum Waiting {
    /// For its turn at the rate limiter.
    Line(Reservation<'static>),
    /// For a slot of the bulkhead.
    Queue(Enter<'static>),
}

impl<const HAS: u32> Limits for Limited<HAS> {
    const HAS: u32 = HAS;

    fn new(asked: Asked) -> Self {
        let Asked { step, slot } = asked;
        let hold = slot.map_or(Hold::Nothing, Hold::Slot);
        Self { step, admission: None, hold, key: None, priority: 0 }
    }

    fn poll_admission<T: Timer>(
        &mut self,
        core: CoreRef<'_>,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>> {
        let core = core.0;
        let admitted = ready!(self.poll_steps(core, timer, cx));
        // The timer is the body's now.
        timer.disarm();
        if admitted.is_ok() {
            core.begin_attempt();
        } else {
            self.settle(None);
            core.settle_permit(None);
        }
        Poll::Ready(admitted)
    }

    fn settle(&mut self, failed: Option<bool>) {
        // Another attempt begins anew.
        self.step = Step::Throttle;
        // Taken only when it is one: what waits has to be dropped.
        if includes(HAS, has::BULKHEAD)
            && matches!(self.hold, Hold::Slot(_))
            && let Hold::Slot(slot) = core::mem::take(&mut self.hold)
        {
            let slot = ManuallyDrop::into_inner(slot);
            match failed {
                Some(true) => slot.failure(),
                Some(false) => slot.success(),
                None => slot.ignore(),
            }
        }
        if includes(HAS, has::THROTTLE)
            && let Some(admission) = self.admission.take().map(ManuallyDrop::into_inner)
        {
            match failed {
                Some(true) => drop(admission),
                Some(false) => admission.accept(),
                None => admission.ignore(),
            }
        }
    }

    #[inline]
    fn set_inside(&mut self, is_inside: bool) {
        self.step = if is_inside { Step::Body } else { Step::Throttle };
    }

    fn beside(&self) -> Self {
        let mut limits = Self::new(Asked::default());
        (limits.key, limits.priority) = (self.key, self.priority);
        limits
    }

    fn admit_at_once(&mut self, core: CoreRef<'_>) -> Result<(), RejectedKind> {
        let admitted = self.take_what_is_free(core.0);
        if admitted.is_err() {
            self.settle(None);
            core.0.settle_permit(None);
        }
        admitted
    }
}

/// A call that is dropped says nothing of the dependency, unless it is a panic's drop.
impl<const HAS: u32> Drop for Limited<HAS> {
    #[inline]
    fn drop(&mut self) {
        if self.holds_something() {
            self.abandon();
        }
    }
}

impl<const HAS: u32> Limited<HAS> {
    /// A limit that has nothing free is not told of it: nobody was refused.
    ///
    /// Out of line, for what it shares with the way of a first attempt to stay inlined there.
    #[cold]
    fn take_what_is_free(&mut self, core: &mut Core) -> Result<(), RejectedKind> {
        if let Some(throttle) = core.site.get_throttle() {
            let admission = core.in_call(|| throttle.try_admit()).map_err(|rejected| rejected.kind())?;
            self.admission = Some(ManuallyDrop::new(admission));
        }
        core.ask_breaker().map_err(|rejected| rejected.kind())?;
        if let Some(bulkhead) = core.site.get_bulkhead() {
            // Before the rate limit, which would not take back what it gave.
            let slot = bulkhead.try_enter_free().or_else(|| bulkhead.try_enter_late());
            self.hold = Hold::Slot(ManuallyDrop::new(slot.ok_or(RejectedKind::BulkheadFull)?));
        }
        match core.site.get_rate_limit() {
            Some(limiter) => limiter.admit(self.key()).map_err(|_| RejectedKind::RateLimited),
            None => Ok(()),
        }
    }

    /// The rate limit is that of this key.
    #[inline]
    pub(super) fn set_key(&mut self, key: u64) {
        // A number like any other would be, of another key with a probability of 1 in 2^64.
        self.key = Some(NonZeroU64::new(key).unwrap_or(NonZeroU64::MAX));
    }

    fn key(&self) -> Option<u64> {
        self.key.map(NonZeroU64::get)
    }

    #[inline]
    fn holds_something(&self) -> bool {
        (includes(HAS, has::THROTTLE) && self.admission.is_some())
            || (includes(HAS, has::RATE_LIMIT | has::BULKHEAD) && !matches!(self.hold, Hold::Nothing))
    }

    fn wait(&mut self, waiting: Waiting) {
        self.hold = Hold::Waiting(ManuallyDrop::new(Box::new(waiting)));
    }

    fn waiting(&mut self) -> Option<&mut Waiting> {
        match &mut self.hold {
            Hold::Waiting(waiting) => Some(&mut **waiting),
            Hold::Nothing | Hold::Slot(_) => None,
        }
    }

    fn stop_waiting(&mut self) {
        if let Hold::Waiting(_) = self.hold
            && let Hold::Waiting(waiting) = core::mem::take(&mut self.hold)
        {
            drop(ManuallyDrop::into_inner(waiting));
        }
    }

    #[cold]
    #[inline(never)]
    fn abandon(&mut self) {
        self.stop_waiting();
        // Whether the thread panics does not tell: a panic of another future drops this one too.
        self.settle((self.step == Step::Body).then_some(true));
    }

    fn poll_steps<T: Timer>(
        &mut self,
        core: &mut Core,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>> {
        if self.step == Step::Throttle {
            core.tries += 1;
            if let Some(throttle) = core.site.get_throttle() {
                self.admission = Some(ManuallyDrop::new(core.in_call(|| throttle.try_admit())?));
            }
            core.ask_breaker()?;
            self.step = Step::RateLimit;
        }
        if self.step == Step::RateLimit {
            if let Some(limiter) = core.site.get_rate_limit() {
                ready!(self.poll_rate_limit(core, limiter, timer, cx))?;
            }
            self.step = Step::Bulkhead;
        }
        match core.site.get_bulkhead() {
            Some(bulkhead) => self.poll_bulkhead(core, bulkhead, timer, cx),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_rate_limit<T: Timer>(
        &mut self,
        core: &mut Core,
        limiter: &'static RateLimiter,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>> {
        if self.waiting().is_none() {
            let Err(retry_after) = limiter.admit(self.key()) else { return Poll::Ready(Ok(())) };
            let max_wait = limiter.max_wait();
            if max_wait.is_zero() {
                return Poll::Ready(Err(core.in_call(|| limiter.reject(retry_after))));
            }
            let longest = core.remaining().map_or(max_wait, |left| left.min(max_wait));
            let reservation = core.in_call(|| limiter.reserve(self.key(), longest))?;
            core.queue_begins(QueueKind::RateLimit, limiter.name());
            self.wait(Waiting::Line(reservation));
        }
        let Some(Waiting::Line(reservation)) = self.waiting() else { unreachable!("it waits in line") };
        let turn = loop {
            let now = timer.now().0;
            match core.in_call(|| reservation.poll_turn(now, cx)) {
                Turn::Admitted => break Ok(()),
                Turn::Rejected(rejected) => break Err(rejected),
                Turn::At(tick) => {
                    timer.arm(TimerTick(tick));
                    ready!(timer.poll_elapsed(cx));
                }
            }
        };
        self.end_wait(core, &turn);
        turn?;
        Poll::Ready(core.ask_breaker_again())
    }

    fn poll_bulkhead<T: Timer>(
        &mut self,
        core: &mut Core,
        bulkhead: &'static Bulkhead,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>> {
        if self.waiting().is_none() {
            if let Some(slot) = bulkhead.try_enter_free() {
                self.hold = Hold::Slot(ManuallyDrop::new(slot));
                return Poll::Ready(Ok(()));
            }
            let mut enter = bulkhead.enter(self.priority);
            match core.in_call(|| enter.poll_slot(cx)) {
                Poll::Ready(slot) => {
                    self.hold = Hold::Slot(ManuallyDrop::new(slot?));
                    return Poll::Ready(Ok(()));
                }
                Poll::Pending => {}
            }
            let own = enter.queue_deadline().unwrap_or_else(Tick::now);
            let until = core.effective_deadline().map_or(own, |(deadline, _)| deadline.min(own));
            timer.arm(TimerTick(until));
            core.queue_begins(QueueKind::Bulkhead, bulkhead.name());
            self.wait(Waiting::Queue(enter));
        }
        let Some(Waiting::Queue(enter)) = self.waiting() else { unreachable!("it waits in the queue") };
        let slot = match enter.poll_slot(cx) {
            Poll::Ready(slot) => slot,
            Poll::Pending => {
                ready!(timer.poll_elapsed(cx));
                core.in_call(|| enter.give_up())
            }
        };
        let entered = slot.as_ref().map(|_| ()).map_err(|rejected| *rejected);
        self.end_wait(core, &entered);
        self.hold = Hold::Slot(ManuallyDrop::new(slot?));
        Poll::Ready(core.ask_breaker_again())
    }

    fn end_wait(&mut self, core: &mut Core, ended: &Result<(), Rejected>) {
        self.stop_waiting();
        core.restart_permit();
        core.queue_ends(if ended.is_ok() { QueueOutcome::Admitted } else { QueueOutcome::Rejected });
    }
}
