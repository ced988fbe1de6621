//! A first attempt that everybody admits at once, and that succeeds, as those of a healthy program do.
//!
//! Next to nothing is written down for it. Where its body is ready at once, what it holds stays in registers, and the
//! call is over before it has begun; where the body has to wait, the few words of a [`First`] wait with it. Only what
//! fails, is refused, has to queue or is traced becomes the [`Begun`] that all else works on.

use core::mem::{self, ManuallyDrop};

use tracing::Span;

use super::core::{Core, Detail, Opening, Stage};
use super::limited::Limited;
use super::limits::{Asked, Limits, Step, Unlimited};
use super::refusal;
use super::suspended::Suspended;
use super::time_limit::TimeLimit;
use crate::current::inherited::Further;
use crate::current::{Entered, Frame};
use crate::outcome::Rejected;
use crate::policy::breaker::Pass;
use crate::policy::bulkhead::Slot;
use crate::site::Site;
use crate::site::has::{self, includes};
use crate::telemetry::trace::Trace;
use crate::time::Moment;

/// How much there is of a call.
#[derive(Debug)]
pub(super) enum State<L> {
    /// Nothing has happened, or the body of its first attempt is on the stack, or it succeeded at its first poll.
    Fresh(&'static Site),
    Underway(Underway<L>),
}

/// What there is of a call that is under way. Apart from [`State`], for the question whether anything is to be one comparison.
#[derive(Debug)]
pub(super) enum Underway<L> {
    /// The body of its first attempt waits, or has succeeded, and nothing is left.
    Suspended(Suspended),
    Begun(Begun<L>),
}

/// A call that has begun.
#[derive(Debug)]
pub(super) struct Begun<L> {
    pub(super) core: Core,
    pub(super) limits: L,
}

/// What a first attempt holds that everybody has admitted at once, and that nobody traces.
#[derive(Debug)]
pub(super) struct First {
    pub(super) site: &'static Site,
    pub(super) opening: Opening,
    pub(super) pass: Option<Pass<'static>>,
    pub(super) slot: Option<ManuallyDrop<Slot<'static>>>,
}

/// A first attempt while its body is polled. Unless it succeeds or is suspended, its call begins when this is dropped: with
/// the body on the stack, which it is where it panics.
pub(super) trait FirstAttempt: Sized {
    /// Makes its call the current one while its body is polled.
    fn enter(&self) -> (Entered, Further);

    /// The attempt has succeeded, and so has the call.
    fn succeed(self);

    /// The body waits, for as long as it may, from that moment on.
    fn suspend(self) -> (TimeLimit, Moment);
}

/// A first attempt whose body is polled for the first time: what it holds is in registers.
#[derive(Debug)]
pub(super) struct Polled<'c, L: Limits> {
    state: &'c mut State<L>,
    first: First,
    /// When it was admitted, if anybody has looked.
    now: Moment,
}

impl<const HAS: u32> State<Unlimited<HAS>> {
    /// That of a call whose span is made already, if anyone wants it.
    #[inline]
    pub(super) fn spanned(site: &'static Site, span: Span) -> Self {
        if span.is_disabled() && Trace::is_off(site.config.level) {
            return Self::Fresh(site);
        }
        let detail = if span.is_disabled() { None } else { Detail::traced(Trace::of(span)) };
        let opening = Opening::of(site, HAS, &mut Moment::default());
        Self::begun_with(Core::new(site, opening, detail), Unlimited)
    }

    /// With more to ask.
    #[inline]
    pub(super) fn limited(self) -> State<Limited<HAS>> {
        match self {
            Self::Fresh(site) => State::Fresh(site),
            Self::Underway(Underway::Begun(Begun { core, limits: Unlimited })) => {
                State::begun_with(core, Limited::new(Asked::default()))
            }
            Self::Underway(Underway::Suspended(_)) => unreachable!("no body was polled"),
        }
    }
}

impl<L> State<L> {
    #[inline]
    fn begun_with(core: Core, limits: L) -> Self {
        Self::Underway(Underway::Begun(Begun { core, limits }))
    }

    /// The function's, of a call none of whose bodies was polled.
    #[inline]
    #[cfg(feature = "cache")]
    pub(super) fn site(&self) -> &'static Site {
        match self {
            Self::Fresh(site) => site,
            Self::Underway(Underway::Suspended(_)) => unreachable!("no body was polled"),
            Self::Underway(Underway::Begun(Begun { core, .. })) => core.site,
        }
    }

    /// Whether all attempts are over and the fallback is to answer.
    #[inline]
    pub(super) fn falls_back(&self) -> bool {
        matches!(self, Self::Underway(Underway::Begun(Begun { core, .. })) if core.stage == Stage::FallingBack)
    }
}

impl<L: Limits> State<L> {
    /// It, begun.
    #[inline]
    pub(super) fn begun(&mut self) -> &mut Begun<L> {
        if !matches!(self, Self::Underway(Underway::Begun(_))) {
            self.begin_now();
        }
        match self {
            Self::Underway(Underway::Begun(begun)) => begun,
            Self::Fresh(_) | Self::Underway(Underway::Suspended(_)) => unreachable!("it has just begun"),
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_now(&mut self) {
        match self {
            Self::Fresh(site) => {
                let site = *site;
                if Trace::is_off(site.config.level) || !self.begins_traced(site) {
                    self.begin(site, None, Asked::default());
                }
            }
            Self::Underway(Underway::Suspended(suspended)) => {
                if let Some(begun) = suspended.begin(Stage::Running) {
                    *self = Self::Underway(Underway::Begun(begun));
                }
            }
            Self::Underway(Underway::Begun(_)) => {}
        }
    }

    /// Begins if anyone wants to trace it.
    #[cold]
    #[inline(never)]
    fn begins_traced(&mut self, site: &'static Site) -> bool {
        let detail = Detail::traced(Trace::start(site));
        let is_traced = detail.is_some();
        if is_traced {
            let core = Core::new(site, Opening::of(site, L::HAS, &mut Moment::default()), detail);
            *self = Self::begun_with(core, L::new(Asked::default()));
        }
        is_traced
    }

    /// Begins with the question behind those that were `asked`, and nobody traces it.
    #[cold]
    #[inline(never)]
    fn begin(&mut self, site: &'static Site, pass: Option<Pass<'static>>, asked: Asked) {
        let mut core = Core::new(site, Opening::of(site, L::HAS, &mut Moment::default()), None);
        if asked.step != Step::Throttle {
            core.tries = 1;
        }
        core.permit = pass.map(Pass::into_permit).map(ManuallyDrop::new);
        *self = Self::begun_with(core, L::new(asked));
    }

    /// What became of a first attempt that `step` has not admitted: `refuse` says so, or it begins there.
    #[cold]
    #[inline(never)]
    fn unless_refused(
        &mut self,
        site: &'static Site,
        pass: Option<Pass<'static>>,
        step: Step,
        refuse: impl FnOnce() -> Option<Rejected>,
    ) -> Option<Rejected> {
        // Called here, as a refusal that is handed over goes through memory once more.
        let rejected = refuse();
        if rejected.is_none() {
            self.begin(site, pass, Asked { step, slot: None });
        }
        rejected
    }

    /// It begins with the first attempt under way, its body on the stack.
    #[inline(never)]
    pub(super) fn go_on(&mut self, first: First) {
        *self = Self::Underway(Underway::Begun(first.begun(Stage::Inside)));
    }

    /// That attempt, to poll its body for the first time.
    #[inline]
    pub(super) fn polled(&mut self, first: First, now: Moment) -> Polled<'_, L> {
        Polled { state: self, first, now }
    }

    /// Asks everything for the first attempt, if that is done at once; and says when, if anybody has looked.
    ///
    /// # Errors
    ///
    /// The refusal, where it is all there is to the call. Without one there is more to do, and what was asked is not asked
    /// again.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "as a call it costs more instructions than it has"),
        inline(always)
    )]
    pub(super) fn ask_first(&mut self) -> Result<(First, Moment), Option<Rejected>> {
        let Self::Fresh(site) = *self else { return Err(None) };
        let is_traced = !Trace::is_off(site.config.level) && self.begins_traced(site);
        if is_traced || includes(L::HAS, has::THROTTLE) {
            return Err(None);
        }
        let mut now = Moment::default();
        let mut pass = None;
        if includes(L::HAS, has::BREAKER)
            && let Some(breaker) = site.get_breaker()
        {
            pass = Some(breaker.try_pass().ok_or_else(|| refusal::by_breaker(site, breaker))?);
        }
        if includes(L::HAS, has::RATE_LIMIT)
            && let Some(limiter) = site.get_rate_limit()
        {
            now = limiter.admit_at_once().map_err(|retry_after| {
                let refuse = move || refusal::by_rate_limit(site, limiter, retry_after);
                self.unless_refused(site, pass, Step::RateLimit, refuse)
            })?;
        }
        let mut slot = None;
        if includes(L::HAS, has::BULKHEAD)
            && let Some(bulkhead) = site.get_bulkhead()
        {
            slot = bulkhead.try_enter_free().map(ManuallyDrop::new);
            if slot.is_none() {
                let refuse = move || refusal::by_bulkhead(site, bulkhead);
                return Err(self.unless_refused(site, pass, Step::Bulkhead, refuse));
            }
        }
        Ok((First { opening: Opening::of(site, L::HAS, &mut now), site, pass, slot }, now))
    }
}

impl First {
    /// Makes its call the current one while its body is polled.
    #[inline]
    pub(super) fn enter(&self) -> (Entered, Further) {
        (Frame::enter(self.opening.deadline, 1), Further::enter(self.site, 1))
    }

    /// For how long its body may wait.
    #[inline]
    pub(super) fn time_limit(&self) -> TimeLimit {
        TimeLimit { site: self.site, deadline: self.opening.deadline }
    }

    /// A call with this attempt under way.
    pub(super) fn begun<L: Limits>(self, stage: Stage) -> Begun<L> {
        let Self { site, opening, pass, slot } = self;
        let mut core = Core::new(site, opening, None);
        (core.attempts, core.tries, core.stage) = (1, 1, stage);
        core.meter.attempt_begins(true);
        core.permit = pass.map(Pass::into_permit).map(ManuallyDrop::new);
        // Only a bulkhead that adapts asks what a drop means, and that one's slots are not taken here.
        Begun { core, limits: L::new(Asked { slot, ..Asked::default() }) }
    }

    /// It has succeeded, and so has its call.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "it is there only to be taken apart"),
        inline(always)
    )]
    pub(super) fn succeed(self, has: u32) {
        let Self { site, opening, pass, slot } = self;
        if includes(has, has::BULKHEAD)
            && let Some(slot) = slot
        {
            ManuallyDrop::into_inner(slot).success();
        }
        opening.started.first_succeeded(site);
        if includes(has, has::BREAKER)
            && let Some(pass) = pass
        {
            pass.success();
        }
    }
}

impl<L: Limits> Polled<'_, L> {
    #[inline]
    fn take(&mut self) -> First {
        First { slot: self.first.slot.take(), ..self.first }
    }
}

impl<L: Limits> FirstAttempt for Polled<'_, L> {
    #[inline]
    fn enter(&self) -> (Entered, Further) {
        self.first.enter()
    }

    #[cfg_attr(
        not(debug_assertions),
        expect(
            clippy::inline_always,
            reason = "what it holds stays in registers only where it is no argument"
        ),
        inline(always)
    )]
    fn succeed(mut self) {
        let first = self.take();
        mem::forget(self);
        first.succeed(L::HAS);
    }

    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "what it holds would go through memory twice"),
        inline(always)
    )]
    fn suspend(mut self) -> (TimeLimit, Moment) {
        let (first, now) = (self.take(), self.now);
        let limit = first.time_limit();
        *self.state = State::Underway(Underway::Suspended(Suspended::new(first)));
        mem::forget(self);
        (limit, now)
    }
}

impl<L: Limits> Drop for Polled<'_, L> {
    #[inline]
    fn drop(&mut self) {
        let first = self.take();
        self.state.go_on(first);
    }
}
