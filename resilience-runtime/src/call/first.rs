//! A first attempt that everybody admits at once and whose body is ready at once, as those of a healthy program are.
//!
//! Nothing is written down for it: what it holds stays in registers, and the call is over before it has begun. Only when
//! the body has to wait, or fails, is it put into the [`Begun`] that all else works on.

use core::mem::{self, ManuallyDrop};

use tracing::Span;

use super::core::{Core, Detail, Opening, Stage};
use super::has::{self, includes};
use super::limited::Limited;
use super::limits::{Asked, Limits, Step, Unlimited};
use crate::breaker::Pass;
use crate::bulkhead::Slot;
use crate::current::{Entered, Frame};
use crate::error::Rejected;
use crate::event::StopReason;
use crate::inherited::Further;
use crate::site::Site;
use crate::telemetry::meter::{CallMeter, Started};
use crate::telemetry::trace::Trace;
use crate::telemetry::values::CallOutcome;

/// How much there is of a call.
#[derive(Debug)]
pub(super) enum State<L> {
    /// Nothing has happened.
    Fresh(&'static Site),
    Begun(Begun<L>),
}

/// A call that has begun.
#[derive(Debug)]
pub(super) struct Begun<L> {
    pub(super) core: Core,
    pub(super) limits: L,
}

/// The first attempt of a call that has not begun, while its body is polled for the first time.
///
/// Unless it succeeds, it is dropped when its body was polled, by a panic too.
#[derive(Debug)]
pub(super) struct First<'c, L: Limits> {
    state: &'c mut State<L>,
    opening: Opening,
    pass: Option<Pass<'static>>,
    slot: Option<ManuallyDrop<Slot<'static>>>,
}

impl<const HAS: u32> State<Unlimited<HAS>> {
    /// That of a call whose span is made already, if anyone wants it.
    #[inline]
    pub(super) fn spanned(site: &'static Site, span: Span) -> Self {
        if span.is_disabled() && Trace::is_off(site.level) {
            return Self::Fresh(site);
        }
        let detail = if span.is_disabled() { None } else { Detail::traced(Trace::of(span)) };
        Self::Begun(Begun { core: Core::new(site, Opening::of(site, HAS), detail), limits: Unlimited })
    }

    /// With more to ask.
    #[inline]
    pub(super) fn limited(self) -> State<Limited<HAS>> {
        match self {
            Self::Fresh(site) => State::Fresh(site),
            Self::Begun(Begun { core, limits: Unlimited }) => {
                State::Begun(Begun { core, limits: Limited::new(Asked::default()) })
            }
        }
    }
}

impl<L> State<L> {
    #[inline]
    pub(super) fn site(&self) -> &'static Site {
        match self {
            Self::Fresh(site) => site,
            Self::Begun(Begun { core, .. }) => core.site,
        }
    }

    /// Whether all attempts are over and the fallback is to answer.
    #[inline]
    pub(super) fn falls_back(&self) -> bool {
        matches!(self, Self::Begun(Begun { core, .. }) if core.stage == Stage::FallingBack)
    }
}

impl<L: Limits> State<L> {
    /// It, begun.
    #[inline]
    pub(super) fn begun(&mut self) -> &mut Begun<L> {
        if let Self::Fresh(site) = *self
            && (Trace::is_off(site.level) || !self.begins_traced(site))
        {
            self.begin(site, None, Asked::default());
        }
        match self {
            Self::Begun(begun) => begun,
            Self::Fresh(_) => unreachable!("it has just begun"),
        }
    }

    /// Begins if anyone wants to trace it.
    #[cold]
    #[inline(never)]
    fn begins_traced(&mut self, site: &'static Site) -> bool {
        let detail = Detail::traced(Trace::start(site));
        let is_traced = detail.is_some();
        if is_traced {
            let core = Core::new(site, Opening::of(site, L::HAS), detail);
            *self = Self::Begun(Begun { core, limits: L::new(Asked::default()) });
        }
        is_traced
    }

    /// Begins with the question behind those that were `asked`, and nobody traces it.
    #[cold]
    #[inline(never)]
    fn begin(&mut self, site: &'static Site, pass: Option<Pass<'static>>, asked: Asked) {
        let mut core = Core::new(site, Opening::of(site, L::HAS), None);
        if asked.step != Step::Throttle {
            core.tries = 1;
        }
        core.permit = pass.map(Pass::into_permit).map(ManuallyDrop::new);
        *self = Self::Begun(Begun { core, limits: L::new(asked) });
    }

    /// In an outage, all there is to a call that nobody traces, and that has nothing else to try.
    #[cold]
    pub(super) fn refuse(&mut self) -> Option<Rejected> {
        let Self::Fresh(site) = *self else { return None };
        // Somebody may listen: whoever wants this call has been found, and the call has begun.
        if !includes(L::HAS, has::BREAKER) || includes(L::HAS, has::THROTTLE) || !site.has_no_second_chance()
        {
            return None;
        }
        let rejected = site.get_breaker()?.try_refuse()?;
        let mut meter = CallMeter::of(Started::now());
        meter.gave_up(site, 0, StopReason::BreakerOpen);
        meter.finished(site, 0, CallOutcome::Rejected, Some(rejected.as_error_type()));
        Some(rejected)
    }

    /// It begins with the first attempt under way.
    #[inline(never)]
    fn go_on(
        &mut self,
        opening: Opening,
        pass: Option<Pass<'static>>,
        slot: Option<ManuallyDrop<Slot<'static>>>,
    ) {
        let mut core = Core::new(self.site(), opening, None);
        (core.attempts, core.tries, core.stage) = (1, 1, Stage::Inside);
        core.meter.attempt_begins(true);
        core.permit = pass.map(Pass::into_permit).map(ManuallyDrop::new);
        *self = Self::Begun(Begun { core, limits: L::new(Asked { step: Step::Throttle, slot }) });
    }

    /// Asks everything for the first attempt, if that is done at once. Where it is not, what was asked is not asked again.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "as a call it costs more instructions than it has"),
        inline(always)
    )]
    pub(super) fn begin_first(&mut self) -> Option<First<'_, L>> {
        let Self::Fresh(site) = *self else { return None };
        let is_traced = !Trace::is_off(site.level) && self.begins_traced(site);
        if is_traced || includes(L::HAS, has::THROTTLE) {
            return None;
        }
        let mut pass = None;
        if includes(L::HAS, has::BREAKER)
            && let Some(breaker) = site.get_breaker()
        {
            pass = Some(breaker.try_pass()?);
        }
        if includes(L::HAS, has::RATE_LIMIT)
            && let Some(limiter) = site.get_rate_limit()
            && !limiter.admits_at_once()
        {
            self.begin(site, pass, Asked { step: Step::RateLimit, slot: None });
            return None;
        }
        let mut slot = None;
        if includes(L::HAS, has::BULKHEAD)
            && let Some(bulkhead) = site.get_bulkhead()
        {
            slot = bulkhead.try_enter_free().map(ManuallyDrop::new);
            if slot.is_none() {
                self.begin(site, pass, Asked { step: Step::Bulkhead, slot: None });
                return None;
            }
        }
        Some(First { opening: Opening::of(site, L::HAS), state: self, pass, slot })
    }
}

impl<L: Limits> First<'_, L> {
    /// Makes its call the current one while its body is polled.
    #[inline]
    pub(super) fn enter(&self) -> (Entered, Further) {
        (Frame::enter(self.opening.deadline, 1), Further::enter(self.state.site(), 1))
    }

    /// The attempt has succeeded, and so has the call.
    #[cfg_attr(
        not(debug_assertions),
        expect(
            clippy::inline_always,
            reason = "what it holds stays in registers only where it is no argument"
        ),
        inline(always)
    )]
    pub(super) fn succeed(mut self) {
        let (site, started, pass, slot) =
            (self.state.site(), self.opening.started, self.pass, self.slot.take());
        mem::forget(self);
        if includes(L::HAS, has::BULKHEAD)
            && let Some(slot) = slot
        {
            ManuallyDrop::into_inner(slot).success();
        }
        started.succeeded_at_once(site);
        if includes(L::HAS, has::BREAKER)
            && let Some(pass) = pass
        {
            pass.success();
        }
    }

    /// The call goes on from there.
    #[inline]
    pub(super) fn goes_on(self) {
        drop(self);
    }
}

/// The call goes on as one that has begun, with the body on the stack, which it is where it panics.
impl<L: Limits> Drop for First<'_, L> {
    #[inline]
    fn drop(&mut self) {
        self.state.go_on(self.opening, self.pass, self.slot.take());
    }
}
