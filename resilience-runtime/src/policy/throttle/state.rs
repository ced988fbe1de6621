//! The decision, pure: time and a throw of the dice come in, a decision comes out.

use super::config::Settings;
use super::snapshot::ThrottleSnapshot;
use crate::counting::ledger::Account;
use crate::counting::window::{Counts, Sliding};
use crate::time::{Latest, Tick};

/// Calls of the window, or of a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Calls {
    /// Asked to be made.
    asked: u64,
    /// Not accepted: refused here, or ended by a failure.
    failed: u64,
    /// Said nothing of the dependency.
    ignored: u64,
}

impl Counts for Calls {
    const ZERO: Self = Self { asked: 0, failed: 0, ignored: 0 };

    fn add(&mut self, other: Self) {
        self.asked += other.asked;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }

    fn remove(&mut self, other: Self) {
        self.asked -= other.asked;
        self.failed -= other.failed;
        self.ignored -= other.ignored;
    }
}

impl Calls {
    const ASKED: Self = Self { asked: 1, ..Self::ZERO };
    const REFUSED: Self = Self { asked: 1, failed: 1, ..Self::ZERO };
    const FAILED: Self = Self { failed: 1, ..Self::ZERO };
    const IGNORED: Self = Self { ignored: 1, ..Self::ZERO };

    /// Whether calls have been forgotten that were not accepted later. The next ones make up for them: they ask, and
    /// the accepts stay where they are.
    fn is_torn(self) -> bool {
        self.asked < self.failed + self.ignored
    }

    fn requests(self) -> u64 {
        self.asked.saturating_sub(self.ignored)
    }

    /// Those that are under way included.
    fn accepts(self) -> u64 {
        self.requests().saturating_sub(self.failed)
    }
}

/// A throttle without its clock, dice, lock and listeners.
#[derive(Debug)]
pub(super) struct Machine {
    settings: Settings,
    window: Sliding<Calls>,
    /// Calls that were refused, ever.
    rejections: u64,
    /// Those of them before the last reset.
    forgotten: u64,
    latest: Latest,
}

impl Machine {
    pub(super) const fn new(settings: Settings) -> Self {
        let window = Sliding::new(settings.window);
        Self { settings, window, rejections: 0, forgotten: 0, latest: Latest::new() }
    }

    /// Counts a call that asks, and admits it or says with which probability it was refused. `throw` is drawn
    /// uniformly from `0.0..1.0`, and only where it decides.
    pub(super) fn admit(&mut self, now: Tick, throw: impl FnOnce() -> f64) -> Result<(), f64> {
        let now = self.settle(now);
        let probability = self.probability();
        if probability > 0.0 && throw() < probability {
            self.window.record(now, Calls::REFUSED);
            self.rejections += 1;
            return Err(probability);
        }
        self.window.record(now, Calls::ASKED);
        Ok(())
    }

    /// An admitted call was not accepted.
    pub(super) fn fail(&mut self, now: Tick) {
        let now = self.settle(now);
        self.window.record(now, Calls::FAILED);
    }

    /// An admitted call is not to be counted.
    pub(super) fn ignore(&mut self, now: Tick) {
        let now = self.settle(now);
        self.window.record(now, Calls::IGNORED);
    }

    #[cfg(feature = "otel")]
    pub(super) fn rejections(&self) -> u64 {
        self.rejections
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings
    }

    /// Goes on with other settings. Calls are forgotten if the window changes.
    pub(super) fn reconfigure(&mut self, settings: Settings) {
        if settings.window != self.settings.window {
            self.window.restart(Sliding::new(settings.window));
        }
        self.settings = settings;
    }

    /// Counts everything from zero.
    pub(super) fn reset(&mut self) {
        self.window.restart(Sliding::new(self.settings.window));
        self.forgotten = self.rejections;
    }

    pub(super) fn snapshot(&mut self, now: Tick) -> ThrottleSnapshot {
        self.settle(now);
        let calls = self.window.total();
        ThrottleSnapshot {
            requests: calls.requests(),
            accepts: calls.accepts(),
            probability: self.probability(),
            rejections: self.rejections - self.forgotten,
        }
    }

    fn probability(&self) -> f64 {
        let calls = self.window.total();
        self.settings.probability(calls.requests(), calls.accepts())
    }

    /// Takes notice of the time, and forgets what is too old.
    fn settle(&mut self, now: Tick) -> Tick {
        let (now, back) = self.latest.settle(now);
        if let Some(back) = back {
            self.window.shift_back(back);
        }
        self.window.expire(now);
        now
    }

    #[cfg(all(test, not(resilience_loom)))]
    pub(super) fn parts(&self) -> usize {
        self.window.parts()
    }
}

impl Account for Machine {
    /// While nothing is shed, a call that asks does not make it so: it counts as accepted. Only what ends otherwise
    /// does, and what is forgotten.
    fn tally_span(&self) -> Option<(Tick, Tick)> {
        if self.probability() > 0.0 || self.window.total().is_torn() {
            return None;
        }
        let (from, until) = self.window.span()?;
        Some((from, until.min(self.window.next_expiry()?)))
    }

    fn add_calls(&mut self, calls: u64) {
        self.window.add_to_newest(Calls { asked: calls, ..Calls::ZERO });
    }
}
