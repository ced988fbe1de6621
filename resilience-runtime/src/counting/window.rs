//! What was counted in the last so long, in memory that does not grow with the counts.

use core::time::Duration;
use std::collections::VecDeque;

use crate::time::Tick;

/// In how many parts a window slides: what is counted is forgotten at most a 32nd of the window off its time, and the
/// window takes a kilobyte. More parts buy little, since a rate over so few calls that a part matters is noise.
const PARTS: u64 = 32;

/// What a window adds up.
pub(crate) trait Counts: Copy {
    /// Nothing counted.
    const ZERO: Self;

    fn add(&mut self, other: Self);

    /// Takes away what was added before.
    fn remove(&mut self, other: Self);
}

impl Counts for u64 {
    const ZERO: Self = 0;

    fn add(&mut self, other: Self) {
        *self += other;
    }

    fn remove(&mut self, other: Self) {
        *self -= other;
    }
}

/// The counts of the last `length`, in at most [`PARTS`] parts, or one more where they are kept late.
///
/// A part starts with its first count, not on a grid: it is dropped when that count is as old as the window, so
/// that nothing is counted longer than that, and what came together is dropped together, in time.
#[derive(Debug)]
pub(crate) struct Sliding<C> {
    /// The age of its start at which a part is dropped.
    kept: Duration,
    /// How long a part takes counts after its first.
    grain: Duration,
    parts: VecDeque<Part<C>>,
    total: C,
    /// How many parts have been dropped so far: the number of the oldest that is left.
    dropped: u64,
}

#[derive(Debug)]
struct Part<C> {
    start: Tick,
    counts: C,
}

impl<C: Counts> Sliding<C> {
    /// Forgets too early rather than too late: nothing is counted that is as old as `length`.
    pub(crate) const fn new(length: Duration) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "far below 2^64 after the comparison")]
        let grain = {
            let nanos = length.as_nanos().div_ceil(PARTS as u128);
            if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 }
        };
        let grain = Duration::from_nanos(grain);
        Self { kept: length, grain, parts: VecDeque::new(), total: C::ZERO, dropped: 0 }
    }

    /// Forgets too late rather than too early: everything is counted that is not older than `length`.
    pub(crate) const fn late(length: Duration) -> Self {
        let mut window = Self::new(length);
        window.kept = window.kept.saturating_add(window.grain);
        window
    }

    /// Empties it, to go on with the length and the manner of `other`.
    pub(crate) fn restart(&mut self, other: Self) {
        let dropped = self.dropped + self.parts.len() as u64;
        *self = Self { dropped, ..other };
    }

    /// Adds `counts` at `now`; the number of the part they are in.
    pub(crate) fn record(&mut self, now: Tick, counts: C) -> u64 {
        self.expire(now);
        if self.parts.back().is_none_or(|newest| now.since(newest.start) >= self.grain) {
            // Starts are a grain apart and within one length of each other, so there are never more than PARTS.
            self.parts.push_back(Part { start: now, counts: C::ZERO });
        }
        self.add_to_newest(counts);
        self.dropped + self.parts.len() as u64 - 1
    }

    /// Adds what was counted elsewhere, within the [`span`](Self::span) of the newest part.
    pub(crate) fn add_to_newest(&mut self, counts: C) {
        if let Some(newest) = self.parts.back_mut() {
            newest.counts.add(counts);
            self.total.add(counts);
        }
    }

    /// Takes `counts` back from the part of that number, unless they are forgotten already.
    pub(crate) fn take_back(&mut self, part: u64, counts: C) {
        let index = part.checked_sub(self.dropped).and_then(|index| usize::try_from(index).ok());
        if let Some(part) = index.and_then(|index| self.parts.get_mut(index)) {
            part.counts.remove(counts);
            self.total.remove(counts);
        }
    }

    /// Forgets what is too old.
    pub(crate) fn expire(&mut self, now: Tick) {
        while let Some(oldest) = self.parts.front()
            && now.since(oldest.start) >= self.kept
        {
            self.total.remove(oldest.counts);
            self.parts.pop_front();
            self.dropped += 1;
        }
    }

    /// What it holds: of the last so long, once what is older was [forgotten](Self::expire).
    pub(crate) fn total(&self) -> C {
        self.total
    }

    /// The time in which counts go to the newest part.
    pub(crate) fn span(&self) -> Option<(Tick, Tick)> {
        self.parts.back().map(|newest| (newest.start, newest.start.after(self.grain)))
    }

    /// When something will be forgotten.
    pub(crate) fn next_expiry(&self) -> Option<Tick> {
        self.parts.front().map(|oldest| oldest.start.after(self.kept))
    }

    /// Moves everything to an earlier time, after a clock that went back.
    pub(crate) fn shift_back(&mut self, by: Duration) {
        for part in &mut self.parts {
            part.start = part.start.before(by);
        }
    }

    #[cfg(all(test, not(resilience_loom)))]
    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }
}
