//! The decision, pure: time comes in, a decision and at most one change come out.

use core::time::Duration;

use super::config::Settings;
use super::figures::{Figures, Seen, Transitions};
use super::trial::{Finding, Trial};
use super::window::{Counts, History, Outcome};
use super::{Mode, State};
use crate::event::TransitionReason;
use crate::time::{Latest, Tick};

/// What a call is admitted with, and shows when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Which one of the breaker's states admitted it: outcomes of an earlier one are not counted.
    pub(super) generation: u32,
    /// The number of the probe; zero for a call that is none.
    pub(super) probe: u32,
    /// When it started, where a rule asks how long calls take.
    pub(super) started: Option<Tick>,
}

/// How an admitted call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Success,
    Failure,
    Ignored,
}

/// A reading of the clock, or how to come by one: not every decision needs it.
pub(super) trait Reading {
    fn take(self) -> Tick;
}

impl Reading for Tick {
    fn take(self) -> Tick {
        self
    }
}

impl<F: FnOnce() -> Tick> Reading for F {
    fn take(self) -> Tick {
        self()
    }
}

/// What others are to be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    Moved { from: State, to: State, reason: TransitionReason, failure_ratio: Option<f64> },
    Exceeded { reason: TransitionReason, failure_ratio: Option<f64> },
}

#[derive(Debug)]
pub(super) enum Phase {
    Closed,
    /// Opened (or opened anew) at `since`; lets probes through from `until` on.
    Open {
        since: Tick,
        until: Tick,
        /// The calls that led to it.
        seen: Seen,
    },
    HalfOpen(Trial),
}

/// A breaker without its clock, lock and listeners.
#[derive(Debug)]
pub(super) struct Machine {
    settings: Settings,
    mode: Mode,
    phase: Phase,
    generation: u32,
    history: History,
    /// Failures in a row.
    run: u32,
    /// How often the probes have failed since the breaker was last closed.
    reopened: u32,
    /// Whether a rule is exceeded that a breaker which only observes has told about.
    exceeded: bool,
    transitions: Transitions,
    latest: Latest,
}

impl Machine {
    pub(super) const fn new(settings: Settings) -> Self {
        Self {
            settings,
            mode: Mode::Normal,
            phase: Phase::Closed,
            generation: 0,
            history: History::new(settings.window),
            run: 0,
            reopened: 0,
            exceeded: false,
            transitions: Transitions::ZERO,
            latest: Latest::new(),
        }
    }

    /// Admits a call, or says how long none will be.
    pub(super) fn admit(&mut self, now: Tick) -> (Result<Ticket, Duration>, Option<Change>) {
        let now = self.settle(now);
        let change = match self.phase {
            _ if self.mode == Mode::Isolated => return (Err(Duration::MAX), None),
            Phase::Open { until, .. } if now < until => return (Err(until.since(now)), None),
            Phase::Open { .. } => {
                let phase = Phase::HalfOpen(Trial::new());
                self.enter(Mode::Normal, phase, TransitionReason::OpenPeriodElapsed, None)
            }
            Phase::Closed | Phase::HalfOpen(_) => None,
        };
        let probe = match &mut self.phase {
            Phase::HalfOpen(trial) => match trial.admit(now, &self.settings) {
                Some(id) => id,
                None => return (Err(Duration::ZERO), change),
            },
            Phase::Closed | Phase::Open { .. } => 0,
        };
        let started = self.asks_time().then_some(now);
        (Ok(Ticket { generation: self.generation, probe, started }), change)
    }

    /// Counts how an admitted call ended.
    pub(super) fn record(&mut self, now: impl Reading, ticket: Ticket, verdict: Verdict) -> Option<Change> {
        let success = match verdict {
            Verdict::Success => Some(true),
            Verdict::Failure => Some(false),
            Verdict::Ignored => None,
        };
        if self.is_timeless() && ticket.generation == self.generation {
            self.count(self.latest.tick(), Outcome { failed: !success?, slow: false });
            let reason = self.exceeds()?;
            let now = self.settle(now.take());
            return self.exceed(now, reason);
        }
        let now = self.settle(now.take());
        if ticket.generation != self.generation || self.mode == Mode::Disabled {
            return None;
        }
        let slow = match (ticket.started, self.settings.slow_call) {
            (Some(started), Some(limit)) => now.since(started) > limit,
            _ => false,
        };
        match &mut self.phase {
            Phase::Closed => {
                self.count(now, Outcome { failed: !success?, slow });
                let reason = self.exceeds()?;
                self.exceed(now, reason)
            }
            Phase::HalfOpen(trial) => {
                let finding = trial.finish(ticket.probe, success, slow, &self.settings)?;
                let seen = Seen::new(trial.counts(), 1);
                match finding {
                    Finding::Recovered => {
                        self.reopened = 0;
                        let reason = TransitionReason::ProbesSucceeded;
                        self.enter(Mode::Normal, Phase::Closed, reason, seen.failure_rate)
                    }
                    Finding::StillFailing => {
                        self.reopened = self.reopened.saturating_add(1);
                        self.open(now, TransitionReason::ProbesFailed, seen)
                    }
                }
            }
            Phase::Open { .. } => None,
        }
    }

    /// Whether the calls of a closed breaker are counted without regard to the time, until one opens it.
    pub(super) fn asks_no_time(&self) -> bool {
        self.settings.slow_call.is_none() && !matches!(self.history, History::Time(_))
    }

    fn is_timeless(&self) -> bool {
        matches!(self.phase, Phase::Closed) && self.mode != Mode::Disabled && self.asks_no_time()
    }

    fn count(&mut self, now: Tick, outcome: Outcome) {
        self.run = if outcome.failed { self.run.saturating_add(1) } else { 0 };
        self.history.record(now, outcome);
    }

    /// The first rule that the calls counted so far exceed.
    fn exceeds(&mut self) -> Option<TransitionReason> {
        let (settings, counts) = (&self.settings, self.history.total());
        // Shares are divisions: only those that a rule asks for.
        let reaches = |share: fn(Counts, u32) -> Option<f64>, limit: Option<f64>| {
            limit.is_some_and(|limit| share(counts, settings.min_calls).is_some_and(|share| share >= limit))
        };
        let reason = if reaches(Counts::failure_rate, settings.failure_rate) {
            TransitionReason::FailureRate
        } else if reaches(Counts::slow_rate, settings.slow_rate) {
            TransitionReason::SlowCallRate
        } else if settings.failures.is_some_and(|limit| counts.failures >= u64::from(limit)) {
            TransitionReason::FailureCount
        } else if settings.consecutive.is_some_and(|limit| self.run >= limit) {
            TransitionReason::ConsecutiveFailures
        } else {
            self.exceeded = false;
            return None;
        };
        Some(reason)
    }

    /// Opens for that reason, or tells of it.
    #[cold]
    fn exceed(&mut self, now: Tick, reason: TransitionReason) -> Option<Change> {
        let seen = self.seen(now);
        if self.mode == Mode::ObserveOnly {
            let told = core::mem::replace(&mut self.exceeded, true);
            return (!told).then_some(Change::Exceeded { reason, failure_ratio: seen.failure_rate });
        }
        self.open(now, reason, seen)
    }

    fn open(&mut self, now: Tick, reason: TransitionReason, seen: Seen) -> Option<Change> {
        let until = now.after(self.settings.open_period(self.reopened));
        self.enter(Mode::Normal, Phase::Open { since: now, until, seen }, reason, seen.failure_rate)
    }

    /// Starts a new generation, with nothing counted yet.
    fn enter(
        &mut self,
        mode: Mode,
        phase: Phase,
        reason: TransitionReason,
        failure_ratio: Option<f64>,
    ) -> Option<Change> {
        let from = self.state();
        self.mode = mode;
        self.phase = phase;
        self.generation = self.generation.wrapping_add(1);
        self.history = History::new(self.settings.window);
        self.run = 0;
        self.exceeded = false;
        self.moved(from, reason, failure_ratio)
    }

    fn moved(&mut self, from: State, reason: TransitionReason, failure_ratio: Option<f64>) -> Option<Change> {
        let to = self.state();
        if from == to {
            return None;
        }
        let entered = match to {
            State::Open => &mut self.transitions.opened,
            State::HalfOpen => &mut self.transitions.half_opened,
            State::Closed => &mut self.transitions.closed,
        };
        *entered += 1;
        Some(Change::Moved { from, to, reason, failure_ratio })
    }

    /// Opens for `period`, or for as long as the settings say; a breaker that is open starts its period anew.
    pub(super) fn trip(&mut self, now: Tick, period: Option<Duration>) -> Option<Change> {
        let now = self.settle(now);
        let until = now.after(period.unwrap_or_else(|| self.settings.open_period(self.reopened)));
        if let (Mode::Normal, Phase::Open { since, until: end, .. }) = (self.mode, &mut self.phase) {
            (*since, *end) = (now, until);
            return None;
        }
        let phase = Phase::Open { since: now, until, seen: self.seen(now) };
        self.enter(Mode::Normal, phase, TransitionReason::Manual, None)
    }

    /// Closes, with everything counted from zero.
    pub(super) fn reset(&mut self) -> Option<Change> {
        let change = self.switch(Mode::Normal);
        self.transitions = Transitions::ZERO;
        change
    }

    /// Changes the mode; a breaker that is in it already goes on as it is.
    pub(super) fn set_mode(&mut self, mode: Mode) -> Option<Change> {
        if self.mode == mode { None } else { self.switch(mode) }
    }

    fn switch(&mut self, mode: Mode) -> Option<Change> {
        self.reopened = 0;
        self.enter(mode, Phase::Closed, TransitionReason::Manual, None)
    }

    /// Goes on with other settings, in the same state and with the same remaining open time.
    ///
    /// Calls are forgotten if the window changes. A half-open period starts anew: its probes were counted against other
    /// numbers.
    pub(super) fn reconfigure(&mut self, settings: Settings) {
        if settings == self.settings {
            return;
        }
        if settings.window != self.settings.window {
            self.history = History::new(settings.window);
        }
        self.settings = settings;
        if let Phase::HalfOpen(trial) = &mut self.phase {
            *trial = Trial::new();
            self.generation = self.generation.wrapping_add(1);
        }
    }

    /// Takes notice of the time: never back by a little, and with everything moved along if it is back by a lot.
    fn settle(&mut self, now: Tick) -> Tick {
        let (now, back) = self.latest.settle(now);
        if let Some(back) = back {
            self.history.shift_back(back);
            match &mut self.phase {
                Phase::Closed => {}
                Phase::Open { since, until, .. } => {
                    (*since, *until) = (since.before(back), until.before(back));
                }
                Phase::HalfOpen(trial) => trial.shift_back(back),
            }
        }
        now
    }

    fn seen(&mut self, now: Tick) -> Seen {
        match (&self.phase, &self.history) {
            // The time for probes has come, and none has ended yet.
            (Phase::Open { until, .. }, _) if now >= *until => Seen::NOTHING,
            (Phase::Open { seen, .. }, _) => *seen,
            (Phase::HalfOpen(trial), _) => Seen::new(trial.counts(), 1),
            (Phase::Closed, History::None) => {
                let run = u64::from(self.run);
                Seen { counts: Counts { calls: run, failures: run, slow: 0 }, ..Seen::NOTHING }
            }
            (Phase::Closed, _) => Seen::new(self.history.counts(now), self.settings.min_calls),
        }
    }

    pub(super) fn figures(&mut self, now: Tick) -> Figures {
        let now = self.settle(now);
        Figures { seen: self.seen(now), consecutive_failures: self.run, transitions: self.transitions }
    }

    /// Adds successes that were counted elsewhere during [`tally_span`](Self::tally_span).
    pub(super) fn add_successes(&mut self, successes: u64) {
        self.history.add_successes(successes);
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings
    }

    /// The state that was last entered: an open breaker stays so until a call comes after its period.
    pub(super) fn state(&self) -> State {
        match (self.mode, &self.phase) {
            (Mode::Isolated, _) | (Mode::Normal, Phase::Open { .. }) => State::Open,
            (Mode::Normal, Phase::HalfOpen(_)) => State::HalfOpen,
            _ => State::Closed,
        }
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn generation(&self) -> u32 {
        self.generation
    }

    /// From when to when calls are refused without a look at anything else.
    pub(super) fn open_span(&self) -> Option<(Tick, Tick)> {
        match self.phase {
            Phase::Open { since, until, .. } => Some((since, until)),
            Phase::Closed | Phase::HalfOpen(_) => None,
        }
    }

    /// A call that takes longer is slow.
    pub(super) fn slow_call(&self) -> Option<Duration> {
        self.settings.slow_call
    }

    /// Whether calls have to be timed.
    pub(super) fn asks_time(&self) -> bool {
        self.settings.slow_call.is_some() && self.mode != Mode::Disabled
    }

    /// Whether a success that is not slow would change nothing.
    pub(super) fn ignores_successes(&self) -> bool {
        self.mode == Mode::Disabled || (self.is_healthy() && self.history.ignores_successes())
    }

    /// The time in which a success that is not slow would only be counted.
    pub(super) fn tally_span(&self) -> Option<(Tick, Tick)> {
        if self.mode != Mode::Disabled && self.is_healthy() { self.history.tally_span() } else { None }
    }

    fn is_healthy(&self) -> bool {
        self.state() == State::Closed && self.run == 0 && !self.exceeded
    }
}
