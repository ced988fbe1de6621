//! What a closed breaker remembers of its calls.

use core::time::Duration;

use super::config::Window;
use crate::counting::window::{self, Sliding};
use crate::time::Tick;

/// How one call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

/// Calls of a window, or of a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) calls: u64,
    pub(super) failures: u64,
    pub(super) slow: u64,
}

impl Counts {
    pub(super) const ZERO: Self = Self { calls: 0, failures: 0, slow: 0 };

    fn of(outcome: Outcome) -> Self {
        Self { calls: 1, failures: u64::from(outcome.failed), slow: u64::from(outcome.slow) }
    }

    /// The share of failures, of at least `min_calls` calls.
    pub(super) fn failure_rate(self, min_calls: u32) -> Option<f64> {
        share(self.failures, self.calls, min_calls)
    }

    /// The share of slow calls, of at least `min_calls` calls.
    pub(super) fn slow_rate(self, min_calls: u32) -> Option<f64> {
        share(self.slow, self.calls, min_calls)
    }
}

impl window::Counts for Counts {
    const ZERO: Self = Self::ZERO;

    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.failures += other.failures;
        self.slow += other.slow;
    }

    fn remove(&mut self, other: Self) {
        self.calls -= other.calls;
        self.failures -= other.failures;
        self.slow -= other.slow;
    }
}

/// Correctly rounded, so that 1 of 10 is the 0.1 a user writes.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 calls")]
fn share(part: u64, calls: u64, min_calls: u32) -> Option<f64> {
    (calls > 0 && calls >= u64::from(min_calls)).then(|| part as f64 / calls as f64)
}

/// The calls the rates are taken over; none are kept for a breaker that only counts failures in a row.
#[derive(Debug)]
pub(super) enum History {
    None,
    Calls(CallWindow),
    Time(Sliding<Counts>),
}

impl History {
    pub(super) const fn new(window: Option<Window>) -> Self {
        match window {
            None => Self::None,
            Some(Window::Calls(calls)) => Self::Calls(CallWindow::new(calls)),
            Some(Window::Time(time)) => Self::Time(Sliding::new(time)),
        }
    }

    pub(super) fn record(&mut self, now: Tick, outcome: Outcome) {
        match self {
            Self::None => {}
            Self::Calls(window) => window.record(outcome),
            Self::Time(window) => {
                window.record(now, Counts::of(outcome));
            }
        }
    }

    /// The calls that the window holds at `now`.
    pub(super) fn counts(&mut self, now: Tick) -> Counts {
        if let Self::Time(window) = self {
            window.expire(now);
        }
        self.total()
    }

    /// The calls that the window held when it was last asked or written to.
    pub(super) fn total(&self) -> Counts {
        match self {
            Self::None => Counts::ZERO,
            Self::Calls(window) => window.total,
            Self::Time(window) => window.total(),
        }
    }

    /// Whether another success would change nothing.
    pub(super) fn ignores_successes(&self) -> bool {
        match self {
            Self::None => true,
            Self::Calls(window) => window.is_full_of_successes(),
            Self::Time(_) => false,
        }
    }

    /// The span of time in which successes only add to the newest part of the window and decide nothing.
    pub(super) fn tally_span(&self) -> Option<(Tick, Tick)> {
        match self {
            Self::Time(window) if window.total().failures == 0 && window.total().slow == 0 => window.span(),
            _ => None,
        }
    }

    /// Adds successes counted elsewhere during [`tally_span`](Self::tally_span).
    pub(super) fn add_successes(&mut self, successes: u64) {
        if let Self::Time(window) = self {
            window.add_to_newest(Counts { calls: successes, ..Counts::ZERO });
        }
    }

    /// Moves everything to an earlier time, after a clock that went back.
    pub(super) fn shift_back(&mut self, by: Duration) {
        if let Self::Time(window) = self {
            window.shift_back(by);
        }
    }
}

/// The last `size` calls, a bit each.
#[derive(Debug)]
pub(super) struct CallWindow {
    size: u32,
    /// Where the next outcome goes: once the window is full, over the oldest one.
    next: u32,
    failed: Bits,
    slow: Bits,
    total: Counts,
}

impl CallWindow {
    pub(super) const fn new(size: u32) -> Self {
        Self { size, next: 0, failed: Bits(Vec::new()), slow: Bits(Vec::new()), total: Counts::ZERO }
    }

    pub(super) fn record(&mut self, outcome: Outcome) {
        let failed = self.failed.replace(self.next, outcome.failed);
        // Without a rule for them none is slow.
        let slow = (outcome.slow || !self.slow.0.is_empty()) && self.slow.replace(self.next, outcome.slow);
        if self.total.calls == u64::from(self.size) {
            window::Counts::remove(&mut self.total, Counts::of(Outcome { failed, slow }));
        }
        window::Counts::add(&mut self.total, Counts::of(outcome));
        self.next = if self.next + 1 == self.size { 0 } else { self.next + 1 };
    }

    fn is_full_of_successes(&self) -> bool {
        self.total == Counts { calls: u64::from(self.size), failures: 0, slow: 0 }
    }
}

/// Bits that are 0 until set, in memory that grows with the highest one set.
#[derive(Debug)]
struct Bits(Vec<u64>);

impl Bits {
    /// Sets the bit and returns what it was.
    fn replace(&mut self, index: u32, bit: bool) -> bool {
        let (word, mask) = ((index / 64) as usize, 1 << (index % 64));
        if word >= self.0.len() {
            if !bit {
                return false;
            }
            self.0.resize(word + 1, 0);
        }
        let was = self.0[word] & mask != 0;
        if bit {
            self.0[word] |= mask;
        } else {
            self.0[word] &= !mask;
        }
        was
    }
}
