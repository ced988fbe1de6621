//! The token bucket that is asked without a lock: one word, which a call moves on by one interval.
//!
//! The word is the bucket's `full_at` while the gate is open. It is closed while someone holds the lock or waits in line,
//! and for limits that are no bucket; then calls take the lock, and what stands under it holds.

use core::time::Duration;

use super::limits::{Limits, Pace};
use super::meter::debt;
use super::state::{FRESH, Line};
use crate::sync::{AtomicU64, Ordering, const_but_for_loom};
use crate::time::{Tick, nanos};

/// In the lowest bits of the word, which no point in time uses.
const CLOSED: u64 = 1;

/// Changes with the pace: no word of one pace is one of the next.
const ROUND: u64 = 2;

const FULL_AT: u64 = !(CLOSED | ROUND);

/// On cache lines of its own (two, for processors that fetch them in pairs): calls on all cores write it, and the lock
/// beside it must not be taken from its holder.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Gate {
    word: AtomicU64,
    latest: AtomicU64,
    scale: AtomicU64,
    interval: AtomicU64,
    tolerance: AtomicU64,
}

impl Gate {
    const_but_for_loom! {
        /// Closed: the first call takes the lock, and opens it behind itself.
        pub(super) const fn new() -> Self {
            Self {
                word: AtomicU64::new(CLOSED),
                latest: AtomicU64::new(0),
                scale: AtomicU64::new(0),
                interval: AtomicU64::new(0),
                tolerance: AtomicU64::new(0),
            }
        }
    }

    /// Admits a call, or says how long none will be; nothing where the lock has to be taken.
    #[inline]
    pub(super) fn admit(&self, now: Tick) -> Option<Result<(), Duration>> {
        Some(self.take(now, |_, _| 1)?.map(|_| ()))
    }

    /// Takes as many tokens as there are, and `most` at most; how many. Otherwise as [`admit`](Self::admit).
    pub(super) fn lease(&self, now: Tick, most: u64) -> Option<Result<u64, Duration>> {
        // No interval is zero, which division asks about.
        self.take(now, |room, interval| room.checked_div(interval).unwrap_or(1).min(most))
    }

    /// Takes as many tokens as `tokens` says, given all that the bucket has and one token, in units: one at least, and
    /// no more than the bucket has.
    #[inline]
    fn take(&self, now: Tick, tokens: impl Fn(u64, u64) -> u64) -> Option<Result<u64, Duration>> {
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            let latest = self.latest.load(Ordering::Acquire);
            // A clock that was set back is, by this difference, ahead by centuries.
            if word & CLOSED != 0 || now.as_nanos().wrapping_sub(latest) >= nanos(FRESH) {
                return None;
            }
            // Acquired: whoever reads a number of a newer pace also sees that the gate was closed to set it, in one of
            // the two comparisons with the word below. Those of an older pace are sound until then.
            let pace = Pace {
                scale: self.scale.load(Ordering::Acquire),
                interval: self.interval.load(Ordering::Acquire),
                tolerance: self.tolerance.load(Ordering::Acquire),
            };
            let debt = debt(word & FULL_AT, &pace, now);
            let depth = debt + pace.interval;
            if depth > pace.tolerance {
                return self.refuse(word, pace.scale, depth - pace.tolerance);
            }
            let tokens = tokens(pace.tolerance - debt, pace.interval);
            let next = pace.units(now).wrapping_add(debt).wrapping_add(tokens.wrapping_mul(pace.interval));
            // Released: what was read before stays before.
            match self.word.compare_exchange_weak(
                word,
                next | word & ROUND,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(Ok(tokens)),
                Err(newer) => word = newer,
            }
        }
    }

    #[cold]
    fn refuse(&self, word: u64, scale: u64, excess: u64) -> Option<Result<u64, Duration>> {
        // A newer word may have a newer pace; the lock knows.
        (self.word.load(Ordering::Acquire) == word).then(|| Err(Duration::from_nanos(excess.div_ceil(scale))))
    }

    /// Closes the gate; the bucket's `full_at`. With the lock held, which keeps it closed until [`publish`](Self::publish).
    pub(super) fn close(&self) -> u64 {
        let word = self.word.load(Ordering::Relaxed);
        // Only who holds the lock opens it.
        let word = if word & CLOSED != 0 { word } else { self.word.fetch_or(CLOSED, Ordering::AcqRel) };
        word & FULL_AT
    }

    /// Shows what stands under the lock, and opens the gate if nobody waits.
    pub(super) fn publish(&self, line: &Line, limits: &Limits) {
        let Limits::Bucket(pace) = limits else { return };
        self.latest.store(line.latest().as_nanos(), Ordering::Release);
        let mut round = self.word.load(Ordering::Relaxed) & ROUND;
        let numbers =
            [(&self.scale, pace.scale), (&self.interval, pace.interval), (&self.tolerance, pace.tolerance)];
        if numbers.iter().any(|(atomic, number)| atomic.load(Ordering::Relaxed) != *number) {
            for (atomic, number) in numbers {
                atomic.store(number, Ordering::Release);
            }
            round ^= ROUND;
        }
        let closed = if line.waiting() == 0 { 0 } else { CLOSED };
        self.word.store(line.meter.full_at | round | closed, Ordering::Release);
    }
}
