//! What the attempts of a call share that has begun, whatever the types of its function. What comes after a failure is in
//! `failure`, the ends are in `end`, and calls that are over before they have begun in `first`.

use core::mem::ManuallyDrop;
use core::num::NonZeroU32;
use core::time::Duration;

use tracing::Span;

use super::time_limit::TimeLimit;
use crate::current::inherited::{self, Further};
use crate::current::{Entered, Frame};
use crate::event::StopReason;
use crate::outcome::Rejected;
use crate::policy::breaker::Permit;
use crate::policy::budget::Withdrawal;
use crate::site::Site;
use crate::site::has::{self, includes};
use crate::telemetry::meter::{CallMeter, Started};
use crate::telemetry::trace::Trace;
use crate::telemetry::values::{AttemptKind, AttemptOutcome, CallOutcome, QueueKind, QueueOutcome};
use crate::time::{Moment, Tick};

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Between attempts: before the first, or in a wait.
    Between,
    /// An attempt is under way, its body suspended or about to be polled.
    Running,
    /// The user's code is on the stack: a drop that finds this stage is a panic's.
    Inside,
    /// All attempts have failed, and the fallback is to answer.
    FallingBack,
    /// The result is known and everything has been told.
    Over,
}

/// What the attempts of a call share, whatever the types of its function.
///
/// Nothing that it holds is dropped with it: a call that is [`Over`](Stage::Over) holds nothing, and any other is
/// abandoned.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) site: &'static Site,
    /// Its own; a call around this one may have a sooner one.
    pub(super) deadline: Option<Tick>,
    pub(super) permit: Option<ManuallyDrop<Permit<'static>>>,
    pub(super) detail: Option<ManuallyDrop<Box<Detail>>>,
    /// How often the body was started.
    pub(super) attempts: u32,
    /// How many of `max` are used up: attempts, and refusals by policies.
    pub(super) tries: u32,
    pub(super) stage: Stage,
    pub(super) meter: CallMeter,
    /// What the attempt that ends is, where others were under way beside it.
    pub(super) lane_kind: Option<AttemptKind>,
    /// By how many milliseconds the deadline came too early for another attempt, if that is why there was none. In few
    /// bytes: there is room for them in every call.
    pub(super) short_of_time: Option<NonZeroU32>,
}

/// What only a call that is traced, or has failed, has to know.
#[derive(Debug, Default)]
pub(super) struct Detail {
    pub(super) trace: Trace,
    /// The time waited since the latest attempt: twice, where a breaker refused in between.
    pub(super) delay: Duration,
    /// The one the backoff chose, which a hint may have replaced.
    pub(super) computed: Duration,
    pub(super) total_delay: Duration,
    /// The end of the wait that is going on.
    pub(super) waits_until: Option<Tick>,
    pub(super) stopped: Option<StopReason>,
    /// What was taken from the budget for the next attempt.
    pub(super) withdrawal: Option<Withdrawal<'static>>,
    /// The `error.type` of the latest failure.
    pub(super) error_type: &'static str,
    /// Until when an older answer stands in for a failure, and when it was given.
    #[cfg(feature = "cache")]
    pub(super) stale: Option<(Tick, Tick)>,
}

impl Detail {
    #[cold]
    pub(super) fn traced(trace: Trace) -> Option<Box<Self>> {
        trace.is_enabled().then(|| Box::new(Self { trace, ..Self::default() }))
    }
}

/// What a call begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    /// Its own.
    pub(super) deadline: Option<Tick>,
    pub(super) started: Started,
}

impl Opening {
    /// That of a call of `site` at that moment, which is told to its budget.
    #[inline]
    pub(super) fn of(site: &'static Site, has: u32, now: &mut Moment) -> Self {
        debug_assert!(site.has() & !has == 0, "the function has policies that its code does not ask");
        // Read here and not at the first suspension: a deadline counts the time of a body that never yields
        // too. A `timeout` alone reads no clock until the body suspends.
        let deadline = if includes(has, has::DEADLINE) {
            site.config.deadline.map(|deadline| now.tick().after(deadline))
        } else {
            None
        };
        // A call that makes no attempt is none that retries are a share of.
        if includes(has, has::BUDGET)
            && let Some(budget) = site.get_budget()
            && !site.may_make_no_attempt()
        {
            budget.deposit();
        }
        Self { deadline, started: Started::at(now) }
    }
}

/// While the body is polled. One guard for all, for what it costs the compiler is spent once a function.
#[derive(Debug)]
pub(super) struct InBody<'c> {
    _span: Option<tracing::span::Entered<'c>>,
    _frame: Entered,
    _further: Further,
}

impl Core {
    #[inline]
    pub(super) fn new(site: &'static Site, opening: Opening, detail: Option<Box<Detail>>) -> Self {
        let Opening { deadline, started } = opening;
        Self {
            site,
            deadline,
            permit: None,
            detail: detail.map(ManuallyDrop::new),
            attempts: 0,
            tries: 0,
            stage: Stage::Between,
            meter: CallMeter::of(started),
            lane_kind: None,
            short_of_time: None,
        }
    }

    /// Makes this call the current one, and its span, while its body is polled.
    #[inline]
    pub(super) fn enter_body(&mut self, has: u32) -> InBody<'_> {
        self.stage = Stage::Inside;
        let further = Further::enter(self.site, self.tries);
        let deadline = if includes(has, has::DEADLINE) { self.deadline } else { None };
        let frame = Frame::enter(deadline, self.attempts);
        InBody { _span: self.body_span().map(Span::enter), _frame: frame, _further: further }
    }

    /// The same for the fallback, for which the call's own deadline does not hold: it may have passed.
    pub(super) fn enter_fallback_frame(&self) -> Entered {
        Frame::enter(None, self.attempts)
    }

    /// Until when its bodies may run.
    pub(super) fn time_limit(&self) -> TimeLimit {
        TimeLimit { site: self.site, deadline: self.deadline }
    }

    /// The deadline, its own or that of a call around it, and whether it is its own.
    pub(super) fn effective_deadline(&self) -> Option<(Tick, bool)> {
        self.time_limit().effective_deadline()
    }

    /// The span to poll the body or the fallback in.
    #[inline]
    pub(super) fn body_span(&self) -> Option<&Span> {
        self.detail.as_ref().map(|detail| detail.trace.body())
    }

    /// The body is about to be dropped, in its span: inside of the user's code.
    pub(super) fn leave_body(&mut self) -> Option<tracing::span::Entered<'_>> {
        self.stage = Stage::Inside;
        self.body_span().map(Span::enter)
    }

    /// Whether a failure's message is of any use.
    pub(super) fn is_traced(&self) -> bool {
        self.detail.as_ref().is_some_and(|detail| detail.trace.is_enabled())
    }

    /// Asks the breaker, and begins an attempt when it admits one.
    #[cold]
    pub(super) fn admit(&mut self) -> Result<(), Rejected> {
        self.tries += 1;
        self.ask_breaker()?;
        self.begin_attempt();
        Ok(())
    }

    /// Asks the breaker.
    #[inline]
    pub(super) fn ask_breaker(&mut self) -> Result<(), Rejected> {
        let Some(breaker) = self.site.get_breaker() else { return Ok(()) };
        // Into its place at once: a value on the way out of the span is lost when the subscriber panics.
        let permit = &mut self.permit;
        let mut ask = || breaker.try_acquire().map(|admitted| *permit = Some(ManuallyDrop::new(admitted)));
        match &self.detail {
            None => ask(),
            Some(detail) => detail.trace.in_call(ask),
        }
    }

    /// Asks it again after a wait, if it has changed its state: what queues behind calls that fail is not to fail as well.
    pub(super) fn ask_breaker_again(&mut self) -> Result<(), Rejected> {
        if self.permit.as_ref().is_some_and(|permit| permit.is_stale()) {
            self.settle_permit(None);
            self.ask_breaker()?;
        }
        Ok(())
    }

    /// Begins an attempt that everybody has admitted.
    pub(super) fn begin_attempt(&mut self) {
        self.attempts += 1;
        self.meter.attempt_begins(false);
        if self.detail.is_none() {
            return;
        }
        let kind = self.attempt_kind();
        if let Some(detail) = &mut self.detail {
            if let Some(withdrawal) = detail.withdrawal.take() {
                withdrawal.spend();
            }
            let delay = core::mem::take(&mut detail.delay);
            detail.trace.attempt_begins(self.site, self.attempts, kind, delay);
        }
    }

    /// How many attempts followed each other: those beside each other are one.
    pub(super) fn rounds(&self) -> u32 {
        if self.site.config.hedge.is_some() { self.tries } else { self.attempts }
    }

    /// Why the attempt under way was made: to be asked before its permit is settled.
    #[inline]
    pub(super) fn attempt_kind(&self) -> AttemptKind {
        match (self.lane_kind, &self.permit) {
            (Some(kind), _) => kind,
            (None, Some(permit)) if permit.is_probe() => AttemptKind::Probe,
            _ if self.attempts > 1 => AttemptKind::Retry,
            _ => AttemptKind::Original,
        }
    }

    /// Runs `f` in the call's span, so that its events belong to it.
    pub(super) fn in_call<T>(&self, f: impl FnOnce() -> T) -> T {
        match &self.detail {
            None => f(),
            Some(detail) => detail.trace.in_call(f),
        }
    }

    /// What was waited for a limit is not the dependency's: the breaker times the call anew.
    pub(super) fn restart_permit(&mut self) {
        if let Some(permit) = &mut self.permit {
            permit.restart();
        }
    }

    /// A wait for a limit begins.
    pub(super) fn queue_begins(&mut self, kind: QueueKind, name: &'static str) {
        self.meter.queue_begins(kind);
        if let Some(detail) = &mut self.detail {
            detail.trace.queue_begins(kind, name);
        }
    }

    /// The wait for a limit is over.
    pub(super) fn queue_ends(&mut self, outcome: QueueOutcome) {
        self.meter.queue_ends(self.site, outcome);
        if let Some(detail) = &mut self.detail {
            detail.trace.queue_ends(outcome);
        }
    }

    /// The time left until the deadline, its own or that of a call around it.
    pub(super) fn remaining(&self) -> Option<Duration> {
        self.effective_deadline().map(|(deadline, _)| deadline.since(Tick::now()))
    }

    /// What the end of an attempt says of the dependency, `failed` as for the breaker: nothing where the time of a caller in
    /// another process is over, who could open a breaker by giving none.
    pub(super) fn verdict(&self, failed: Option<bool>) -> Option<bool> {
        let is_callers = || {
            inherited::deadline().is_some_and(|callers| {
                self.effective_deadline() == Some((callers, false)) && Tick::now() >= callers
            })
        };
        failed.filter(|failed| !(*failed && is_callers()))
    }

    /// The attempt has succeeded, and so has the call.
    #[inline]
    pub(super) fn succeeded(&mut self, has: u32) {
        self.stage = Stage::Over;
        let rounds = if self.attempts > 1 { self.rounds() } else { self.attempts };
        self.meter.succeeded(self.site, rounds, self.attempt_kind());
        if self.detail.is_some() {
            return self.succeeded_in_detail();
        }
        if includes(has, has::BREAKER)
            && let Some(permit) = &self.permit
        {
            permit.succeed();
        }
    }

    #[cold]
    fn succeeded_in_detail(&mut self) {
        self.settle_permit(Some(false));
        if let Some(detail) = &mut self.detail {
            detail.trace.attempt_ends(AttemptOutcome::Success, None);
        }
        self.finish(CallOutcome::Success, None);
    }

    /// Tells the breaker how the attempt ended: failed or not, or not to be counted.
    pub(super) fn settle_permit(&mut self, failed: Option<bool>) {
        let Some(permit) = self.permit.take().map(ManuallyDrop::into_inner) else { return };
        let mut has_opened = false;
        let settle = || match failed {
            Some(true) => has_opened = permit.fail(),
            Some(false) => permit.success(),
            None => permit.ignore(),
        };
        self.in_call(settle);
        if has_opened
            && let Some(breaker) = self.site.get_breaker()
            && let Some(detail) = &self.detail
        {
            // Of the call, it is this attempt.
            detail.trace.in_body(|| breaker.opener.remember());
        }
    }
}

impl Drop for Core {
    // Out of line: as a rule there is no core to drop.
    #[inline(never)]
    fn drop(&mut self) {
        if self.stage != Stage::Over {
            self.abandon();
        }
    }
}
