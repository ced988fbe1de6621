//! The decision, pure: time comes in, a decision comes out.

use core::time::Duration;

use super::config::Settings;
use super::snapshot::BudgetSnapshot;
use crate::counting::ledger::Account;
use crate::counting::window::Sliding;
use crate::time::{Latest, Tick};

/// Which part of the window a retry was counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry(u64);

/// A budget without its clock, lock and listeners.
#[derive(Debug)]
pub(super) struct Machine {
    settings: Settings,
    /// Forgotten early, as the retries are forgotten late: the share is never lower than it seems.
    calls: Sliding<u64>,
    retries: Sliding<u64>,
    /// Retries that were refused.
    rejections: u64,
    latest: Latest,
}

impl Machine {
    pub(super) const fn new(settings: Settings) -> Self {
        Self {
            settings,
            calls: Sliding::new(settings.window),
            retries: Sliding::late(settings.window),
            rejections: 0,
            latest: Latest::new(),
        }
    }

    /// Counts a call.
    pub(super) fn deposit(&mut self, now: Tick) {
        let now = self.settle(now);
        self.calls.record(now, 1);
    }

    /// Counts a retry, if there may be another.
    pub(super) fn withdraw(&mut self, now: Tick) -> Option<Entry> {
        let now = self.settle(now);
        if self.settings.allows(self.retries.total().saturating_add(1), self.calls.total()) {
            Some(Entry(self.retries.record(now, 1)))
        } else {
            self.rejections += 1;
            None
        }
    }

    /// Takes back a retry that was counted and not made.
    pub(super) fn give_back(&mut self, entry: Entry) {
        self.retries.take_back(entry.0, 1);
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings
    }

    /// Goes on with other settings. Calls and retries are forgotten if the window changes.
    pub(super) fn reconfigure(&mut self, settings: Settings) {
        if settings.window != self.settings.window {
            self.restart(settings.window);
        }
        self.settings = settings;
    }

    /// Counts everything from zero.
    pub(super) fn reset(&mut self) {
        self.restart(self.settings.window);
        self.rejections = 0;
    }

    fn restart(&mut self, window: Duration) {
        self.calls.restart(Sliding::new(window));
        self.retries.restart(Sliding::late(window));
    }

    pub(super) fn snapshot(&mut self, now: Tick) -> BudgetSnapshot {
        self.settle(now);
        let (calls, retries) = (self.calls.total(), self.retries.total());
        BudgetSnapshot {
            calls,
            retries,
            available: self.settings.allowance(calls).saturating_sub(retries),
            rejections: self.rejections,
        }
    }

    /// Takes notice of the time, and forgets what is too old.
    fn settle(&mut self, now: Tick) -> Tick {
        let (now, back) = self.latest.settle(now);
        if let Some(back) = back {
            self.calls.shift_back(back);
            self.retries.shift_back(back);
        }
        self.calls.expire(now);
        self.retries.expire(now);
        now
    }

    #[cfg(all(test, not(resilience_loom)))]
    pub(super) fn parts(&self) -> (usize, usize) {
        (self.calls.parts(), self.retries.parts())
    }
}

impl Account for Machine {
    fn tally_span(&self) -> Option<(Tick, Tick)> {
        self.calls.span()
    }

    fn add_calls(&mut self, calls: u64) {
        self.calls.add_to_newest(calls);
    }
}
