//! The handle: takes the lock, asks `state`, and tells what changed after the lock is released.

use core::fmt;
use core::time::Duration;
use std::sync::{OnceLock, PoisonError};

use super::config::{BreakerConfig, Settings};
use super::gate::{Gate, Parts, Word};
use super::permit::{Pass, Permit};
use super::snapshot::Snapshot;
use super::state::{Change, Machine, Ticket, Verdict};
use super::{Mode, State};
use crate::counting::sharded::Rejections;
use crate::counting::tally::Tally;
use crate::event::{self, Event, tell};
use crate::outcome::Rejected;
use crate::sync::{Mutex, MutexGuard, const_but_for_loom};
use crate::telemetry::meter::BreakerMeter;
use crate::telemetry::opener::Opener;
use crate::time::{STEP_BACK, Tick, nanos};

/// A circuit breaker: stops calls to what keeps failing, and tries now and then whether it is back.
///
/// One is shared by all calls to one dependency: a `static`, or by name through the attribute. All methods take
/// `&self`, may be called from any thread, and wait for nothing but a short lock.
///
/// [`trip`](Self::trip), [`open_for`](Self::open_for), [`isolate`](Self::isolate), [`disable`](Self::disable) and
/// [`observe_only`](Self::observe_only) are for operators: the last one given holds, and [`reset`](Self::reset)
/// ends it. Calls that were admitted before such a command are not counted after it.
///
/// ```
/// use resilience_runtime::{Breaker, BreakerConfig, State};
///
/// static DB: Breaker = Breaker::new("db", BreakerConfig::new().consecutive(2));
///
/// DB.try_acquire().expect("closed").failure();
/// DB.try_acquire().expect("closed").failure();
/// assert_eq!(DB.state(), State::Open);
///
/// let rejected = DB.try_acquire().expect_err("open");
/// assert_eq!(rejected.name(), "db");
/// ```
pub struct Breaker {
    gate: Gate,
    name: &'static str,
    /// Made when first needed, which is never without a time window.
    tally: OnceLock<Tally>,
    pub(super) rejections: Rejections,
    pub(crate) meter: BreakerMeter,
    pub(crate) opener: Opener,
    machine: Mutex<Machine>,
}

/// More than [`Tick::recent`] is behind.
const NEAR: Duration = Duration::from_millis(100);

impl Breaker {
    const_but_for_loom! {
        /// A closed breaker.
        ///
        /// # Panics
        ///
        /// When the configuration makes no sense, with a sentence that says what to do; in a `static` that is an error
        /// of the compiler.
        #[must_use]
        #[track_caller]
        pub const fn new(name: &'static str, config: BreakerConfig) -> Self {
            config.ruling().hold();
            Self::with_settings(name, config.settings())
        }
    }

    const_but_for_loom! {
        pub(super) const fn with_settings(name: &'static str, settings: Settings) -> Self {
            // The first call that ends takes the lock, and finds out what need not be written from then on.
            let word = Word::new(Parts {
                state: State::Closed,
                mode: Mode::Normal,
                generation: 0,
                epoch: 0,
                times: settings.slow_call.is_some(),
                skips: false,
                tallies: false,
            });
            Self {
                gate: Gate::new(word),
                name,
                tally: OnceLock::new(),
                rejections: Rejections::new(),
                meter: BreakerMeter::new(),
                opener: Opener::new(),
                machine: Mutex::new(Machine::new(settings)),
            }
        }
    }

    /// The name given to it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Asks to make a call.
    ///
    /// The call's outcome is told to the permit. One that is dropped without (a cancelled call) counts nothing and gives
    /// its place back; dropped by a panic, it counts a failure.
    ///
    /// # Errors
    ///
    /// [`Rejected`], while the breaker is open, and half-open while all places for probes are taken.
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<'_>, Rejected> {
        match self.try_pass() {
            Some(pass) => Ok(pass.into_permit()),
            None => self.try_acquire_otherwise(),
        }
    }

    /// The leave of a closed breaker that times no calls. Apart from the rest, so that an annotated function keeps
    /// it in registers: a value that is pieced together in memory and read back whole waits for its pieces.
    #[inline]
    pub(crate) fn try_pass(&self) -> Option<Pass<'_>> {
        let word = self.gate.word();
        (word.admits() && !word.times()).then(|| Pass::new(self, word))
    }

    /// For calls that have to be timed and breakers that are not closed.
    #[cold]
    fn try_acquire_otherwise(&self) -> Result<Permit<'_>, Rejected> {
        match self.try_refuse() {
            Some(rejected) => Err(rejected),
            None => self.ask(),
        }
    }

    /// The refusal of one that is open for some time yet; nothing, where there is more to ask.
    #[inline]
    pub(crate) fn try_refuse(&self) -> Option<Rejected> {
        let remaining = if self.gate.word().is_open() { self.still_open() } else { None };
        remaining.map(|nanos| self.reject(Rejected::breaker_open_for_nanos(self.name, nanos)))
    }

    /// For how many more nanoseconds an open breaker refuses calls without a look at anything else.
    #[inline]
    fn still_open(&self) -> Option<u64> {
        let (since, until) = self.gate.open_span();
        let left = |now: Tick| until.as_nanos().saturating_sub(now.as_nanos());
        // A time in the near past will do as long as the end is far.
        let mut now = Tick::recent();
        if left(now) <= nanos(NEAR) {
            now = Tick::now();
        }
        let back = since.as_nanos().saturating_sub(now.as_nanos());
        Some(left(now)).filter(|left| *left > 0 && back <= nanos(STEP_BACK))
    }

    #[inline(never)]
    fn ask(&self) -> Result<Permit<'_>, Rejected> {
        let word = self.gate.word();
        if word.mode() == Mode::Isolated {
            return Err(self.reject(Rejected::breaker_open(self.name, Duration::MAX)));
        }
        let now = Tick::now();
        if word.admits() {
            let ticket = Ticket { generation: word.generation(), probe: 0, started: Some(now) };
            return Ok(Permit::new(self, ticket));
        }
        let (admission, change) = self.with_lock(|machine| machine.admit(now));
        let admission = admission.map(|ticket| Permit::new(self, ticket));
        self.announce(change);
        admission.map_err(|remaining| self.reject(Rejected::breaker_open(self.name, remaining)))
    }

    #[inline]
    fn reject(&self, rejected: Rejected) -> Rejected {
        self.rejections.add_one();
        if event::is_heard() {
            self.tell_rejected(rejected);
        }
        rejected
    }

    /// Whether nothing has changed since it was so.
    #[inline]
    pub(super) fn is_still(&self, word: Word) -> bool {
        self.gate.word() == word
    }

    pub(super) fn generation(&self) -> u32 {
        self.gate.word().generation()
    }

    /// Counts a success; as a rule without writing anything while all is well.
    #[inline]
    pub(super) fn succeed(&self, ticket: &Ticket) {
        let word = self.gate.word();
        if word.times() || word.generation() != ticket.generation {
            self.count_success(word, *ticket);
        } else if !word.skips() {
            self.tally_success(word, *ticket);
        }
    }

    /// Counts a success of a breaker that times no calls; without the lock if it decides nothing.
    #[inline(never)]
    fn tally_success(&self, word: Word, ticket: Ticket) {
        if !(word.tallies() && self.tally(word, None)) {
            self.record(ticket, Verdict::Success);
        }
    }

    /// Counts a success; without the lock if it decides nothing.
    #[inline(never)]
    fn count_success(&self, word: Word, ticket: Ticket) {
        if word.generation() != ticket.generation {
            return;
        }
        let mut now = None;
        if let Some(started) = ticket.started {
            let ended = Tick::now();
            if ended.since(started).as_nanos() > u128::from(self.gate.slow_call()) {
                self.record(ticket, Verdict::Success);
                return;
            }
            now = Some(ended);
        }
        if !(word.skips() || (word.tallies() && self.tally(word, now))) {
            self.record(ticket, Verdict::Success);
        }
    }

    /// Counts a success in the tally, if the part of the window it belongs to is the current one.
    fn tally(&self, word: Word, now: Option<Tick>) -> bool {
        let Some(tally) = self.tally.get() else { return false };
        // A time in the near past will do: a call may be forgotten a little early, never late.
        let now = now.unwrap_or_else(Tick::recent);
        let (from, until) = self.gate.tally_span();
        let back = from.as_nanos().saturating_sub(now.as_nanos());
        now < until && back <= nanos(STEP_BACK) && tally.add(word.epoch())
    }

    /// Counts how a call ended, with the lock; whether that opened the breaker.
    #[cold]
    #[inline(never)]
    pub(super) fn record(&self, ticket: Ticket, verdict: Verdict) -> bool {
        // Where the time matters it is read before the lock is taken, which is held for shorter then.
        let now = (!self.gate.is_timeless()).then(Tick::now);
        let now = || now.unwrap_or_else(Tick::now);
        let change = self.with_lock(|machine| machine.record(now, ticket, verdict));
        self.announce(change);
        matches!(change, Some(Change::Moved { to: State::Open, .. }))
    }

    /// What the breaker does with calls now: an open one is half-open once its open period is over, before any call.
    #[must_use]
    pub fn state(&self) -> State {
        let word = self.gate.word();
        match word.state() {
            State::Open if word.mode() == Mode::Normal && Tick::now() >= self.gate.open_span().1 => {
                State::HalfOpen
            }
            state => state,
        }
    }

    /// How it is doing.
    ///
    /// Takes the lock: for dashboards and tests, not for every call.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let now = Tick::now();
        self.with_lock(|machine| {
            let figures = machine.figures(now);
            let (state, open_remaining) = match (machine.mode(), machine.open_span()) {
                (Mode::Isolated, _) => (State::Open, Duration::MAX),
                (_, Some((_, until))) if now < until => (State::Open, until.since(now)),
                (_, Some(_)) => (State::HalfOpen, Duration::ZERO),
                (_, None) => (machine.state(), Duration::ZERO),
            };
            Snapshot {
                state,
                mode: machine.mode(),
                calls: figures.seen.counts.calls,
                failures: figures.seen.counts.failures,
                slow_calls: figures.seen.counts.slow,
                failure_rate: figures.seen.failure_rate,
                slow_rate: figures.seen.slow_rate,
                consecutive_failures: figures.consecutive_failures,
                rejections: self.rejections.get(),
                open_remaining,
                opened: figures.transitions.opened,
                half_opened: figures.transitions.half_opened,
                closed: figures.transitions.closed,
            }
        })
    }

    pub(super) fn apply(&self, settings: Settings) {
        self.with_lock(|machine| machine.reconfigure(settings));
    }

    pub(super) fn settings(&self) -> Settings {
        self.lock().settings()
    }

    /// Runs `decide` with the lock held, collects the tally before, and publishes what came of it after.
    pub(super) fn with_lock<T>(&self, decide: impl FnOnce(&mut Machine) -> T) -> T {
        let mut machine = self.lock();
        let word = self.gate.word();
        let mut epoch = word.epoch();
        if let (true, Some(tally)) = (word.tallies(), self.tally.get()) {
            epoch = word.next_epoch();
            machine.add_successes(tally.close(epoch));
        }
        let decision = decide(&mut machine);
        self.publish(&machine, epoch);
        decision
    }

    /// Nothing panics with the lock held, so that what a poisoned one protects is whole nevertheless.
    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, machine: &Machine, epoch: u32) {
        if let Some((since, until)) = machine.open_span() {
            self.gate.set_open_span(since, until);
        }
        let tally_span = machine.tally_span();
        if let Some((from, until)) = tally_span {
            self.tally.get_or_init(|| Tally::new(epoch));
            self.gate.set_tally_span(from, until);
        }
        self.gate.set_slow_call(machine.slow_call().map_or(u64::MAX, nanos));
        self.gate.set_timeless(machine.asks_no_time());
        self.gate.publish(Word::new(Parts {
            state: machine.state(),
            mode: machine.mode(),
            generation: machine.generation(),
            epoch,
            times: machine.asks_time(),
            skips: machine.ignores_successes(),
            tallies: tally_span.is_some(),
        }));
    }

    /// How many calls it has refused, ever.
    #[cfg(feature = "otel")]
    pub(crate) fn rejections(&self) -> u64 {
        self.rejections.ever()
    }

    #[cold]
    #[inline(never)]
    fn tell_rejected(&self, rejected: Rejected) {
        tell(&Event::BreakerRejected { breaker: self.name, retry_after: rejected.retry_after() });
    }

    pub(super) fn announce(&self, change: Option<Change>) {
        let breaker = self.name;
        match change {
            None => {}
            Some(Change::Moved { from, to, reason, failure_ratio }) => {
                self.meter.changed(from, to);
                if to == State::Open {
                    self.opener.remember();
                }
                tell(&Event::BreakerTransition { breaker, from, to, reason, failure_ratio });
            }
            Some(Change::Exceeded { reason, failure_ratio }) => {
                tell(&Event::BreakerThresholdExceeded { breaker, reason, failure_ratio });
            }
        }
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.gate.word();
        f.debug_struct("Breaker")
            .field("name", &self.name)
            .field("state", &self.state())
            .field("mode", &word.mode())
            .finish_non_exhaustive()
    }
}
