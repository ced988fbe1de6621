//! Tokens that threads have taken from the bucket in advance.
//!
//! Each thread that calls has a [seat](crate::counting::seat), and each limiter a slot for each seat, which nobody writes but
//! who has the seat: a call takes a token out of it by a load and a store, without the bucket, its cache line and the clock.
//! What is in the slots was taken from the bucket before, so that the sum of all calls is never more than the bucket gave.

use core::time::Duration;
use std::sync::OnceLock;

use super::guard::RateLimiter;
use crate::counting::seat::{SEATS, take_seat};
use crate::sync::{AtomicU64, Ordering, const_but_for_loom};
use crate::time::Tick;

/// A round above the size of a lease and what is left of it, which together are less than 2^33.
const ROUND: u64 = 1 << 34;

/// The terms of a limiter that leases nothing. No slot ever holds more.
const EXACT: u64 = u64::MAX;

/// What one thread has left of its lease: the terms under which it was taken, plus the number of tokens.
///
/// On cache lines of its own (two, for processors that fetch them in pairs).
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Slot(AtomicU64);

#[derive(Debug)]
pub(super) struct Leases {
    /// The round, and the size of a lease; [`EXACT`] where nothing is leased. Later terms are greater numbers, so that a
    /// slot with more than the terms has tokens, and these are of no earlier round.
    terms: AtomicU64,
    /// Of the last terms that were not exact. With the limiter's lock held.
    round: AtomicU64,
    /// Made by the first lease. Threads without a seat share the bucket as without leases.
    slots: OnceLock<Box<[Slot; SEATS]>>,
}

impl Leases {
    const_but_for_loom! {
        /// Leases of so many tokens; none of one, which is no lease.
        pub(super) const fn new(lease: u32) -> Self {
            Self { terms: AtomicU64::new(terms(0, lease)), round: AtomicU64::new(0), slots: OnceLock::new() }
        }
    }

    /// The terms of leases; nothing where calls ask the bucket one by one.
    #[inline]
    pub(super) fn terms(&self) -> Option<Terms> {
        // Relaxed: whoever reads terms that are just being replaced comes before that, and one who has learned of it
        // reads the new ones.
        let terms = self.terms.load(Ordering::Relaxed);
        (terms != EXACT).then_some(Terms(terms))
    }

    /// Takes a token out of the slot at `seat`; false when it has none.
    #[inline]
    pub(super) fn spend(&self, terms: Terms, seat: usize) -> bool {
        let Some(Slot(slot)) = self.slots.get().and_then(|slots| slots.get(seat)) else { return false };
        // Relaxed, and no addition: who has the seat is the only one to write.
        let word = slot.load(Ordering::Relaxed);
        if word <= terms.0 {
            return false;
        }
        slot.store(word - 1, Ordering::Relaxed);
        true
    }

    /// Where the tokens of `seat` are kept.
    pub(super) fn slot(&self, seat: usize) -> Option<&Slot> {
        self.slots.get_or_init(|| Box::new(core::array::from_fn(|_| Slot(AtomicU64::new(0))))).get(seat)
    }

    /// Begins a new round, with leases of another size: what was leased before is void. With the limiter's lock held.
    pub(super) fn begin(&self, lease: u32) {
        let round = self.round.load(Ordering::Relaxed) + 1;
        self.round.store(round, Ordering::Relaxed);
        self.terms.store(terms(round, lease), Ordering::Relaxed);
    }

    /// How many tokens all threads together have left.
    pub(super) fn held(&self) -> u64 {
        let (Some(terms), Some(slots)) = (self.terms(), self.slots.get()) else { return 0 };
        slots.iter().map(|slot| slot.0.load(Ordering::Relaxed).saturating_sub(terms.0)).sum()
    }
}

impl Slot {
    /// Puts tokens that were leased under `terms` in place of what is there.
    pub(super) fn fill(&self, terms: Terms, tokens: u64) {
        self.0.store(terms.0 + tokens, Ordering::Relaxed);
    }
}

impl RateLimiter {
    /// Out of line, as one of many calls comes here.
    #[inline(never)]
    pub(super) fn leases_at_once(&self, terms: Terms) -> bool {
        matches!(self.lease(terms, take_seat(), Tick::now()), Some(Ok(())))
    }

    /// Admits a call of the thread at `seat`, which has no token left, and keeps those for the next ones; nothing where
    /// the lock has to be taken.
    fn lease(&self, terms: Terms, seat: usize, now: Tick) -> Option<Result<(), Duration>> {
        // A thread that has only just taken its seat finds there what the one before it left.
        if self.leases.spend(terms, seat) {
            return Some(Ok(()));
        }
        let Some(slot) = self.leases.slot(seat) else { return self.gate.admit(now) };
        let decision = self.gate.lease(now, terms.lease())?;
        Some(decision.map(|tokens| slot.fill(terms, tokens - 1)))
    }

    #[inline(never)]
    pub(super) fn admit_by_lease(&self, terms: Terms, seat: usize, now: Tick) -> Result<(), Duration> {
        let decision = self.lease(terms, seat, now).unwrap_or_else(|| self.admit_locked(None, now));
        if decision.is_ok() {
            self.meter.admitted();
        }
        decision
    }

    /// As a thread at `seat` does.
    #[cfg(test)]
    pub(super) fn admit_seated(&self, seat: usize, now: Tick) -> Result<(), Duration> {
        match self.leases.terms() {
            Some(terms) if self.leases.spend(terms, seat) => Ok(()),
            Some(terms) => self.admit_by_lease(terms, seat, now),
            None => self.admit_at(None, now),
        }
    }
}

/// Which round it is, and how many tokens a lease has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms(u64);

impl Terms {
    pub(super) const fn lease(self) -> u64 {
        self.0 % ROUND
    }
}

const fn terms(round: u64, lease: u32) -> u64 {
    // After so many rounds as nobody will see there are no leases any more, and nothing is void that counts again.
    if lease <= 1 || round >= EXACT / ROUND { EXACT } else { round * ROUND + lease as u64 }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    #[test]
    fn later_terms_are_greater_and_the_last_lease_nothing() {
        const LAST: u64 = EXACT / ROUND - 1;

        assert!(terms(0, u32::MAX) < terms(1, 2));
        assert!(terms(LAST - 1, u32::MAX) < terms(LAST, 2));
        assert!(terms(LAST, u32::MAX) < EXACT);
        assert_eq!(terms(LAST + 1, u32::MAX), EXACT);
        assert_eq!(terms(0, 1), EXACT);
        assert_eq!(Terms(terms(LAST, 7)).lease(), 7);
    }
}
