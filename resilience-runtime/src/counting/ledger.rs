//! A policy's state behind a lock, in which calls are counted without it while they decide nothing.

use std::sync::{OnceLock, PoisonError};

use super::tally::Tally;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, const_but_for_loom};
use crate::time::{STEP_BACK, Tick};

/// What a [`Ledger`] keeps.
pub(crate) trait Account {
    /// The span of time in which another call would only be counted; none while it may decide something.
    fn tally_span(&self) -> Option<(Tick, Tick)>;

    /// Counts calls made in [`tally_span`](Self::tally_span), as it was when the state was last seen.
    fn add_calls(&mut self, calls: u64);
}

/// The round of counting without the lock that is going on.
///
/// Stored with the lock held and read without. On cache lines of its own (two, for processors that fetch them in
/// pairs): calls on all cores read it, and the lock beside it must not take it from them.
#[derive(Debug)]
#[repr(align(128))]
struct Round {
    /// The epoch, and whether calls are counted in it.
    word: AtomicU64,
    from: AtomicU64,
    until: AtomicU64,
}

const OPEN: u64 = 1 << 32;
/// A [`Tally`] tells 2^24 epochs apart.
const EPOCH: u64 = 0xff_ffff;

const fn epoch_of(word: u64) -> u32 {
    (word & EPOCH) as u32
}

#[derive(Debug)]
pub(crate) struct Ledger<S> {
    round: Round,
    /// Made when first needed.
    tally: OnceLock<Tally>,
    state: Mutex<S>,
}

impl<S> Ledger<S> {
    const_but_for_loom! {
        pub(crate) const fn new(state: S) -> Self {
            // The first call takes the lock, and finds out whether the next ones have to.
            let round = Round { word: AtomicU64::new(0), from: AtomicU64::new(0), until: AtomicU64::new(0) };
            Self { round, tally: OnceLock::new(), state: Mutex::new(state) }
        }
    }
}

impl<S: Account> Ledger<S> {
    /// Counts a call without the lock; false where it may decide something, or belongs to another part of the window.
    #[inline]
    pub(crate) fn count(&self) -> bool {
        // Acquired: whoever sees a word sees the span that was stored before it.
        let word = self.round.word.load(Ordering::Acquire);
        let (true, Some(tally)) = (word & OPEN != 0, self.tally.get()) else { return false };
        // A time in the near past will do: a call may be forgotten a little early, never late.
        let now = Tick::recent();
        // Acquired too: whoever sees the span of a newer round also sees that the counting of the older one is over.
        let [from, until] =
            [&self.round.from, &self.round.until].map(|end| Tick::from_nanos(end.load(Ordering::Acquire)));
        now < until && from.since(now) <= STEP_BACK && tally.add(epoch_of(word))
    }

    /// Runs `decide` with the lock held, collects what was counted without it before, and opens the next round after.
    pub(crate) fn with_lock<T>(&self, decide: impl FnOnce(&mut S) -> T) -> T {
        let mut state = self.lock();
        let word = self.round.word.load(Ordering::Relaxed);
        let mut epoch = word & EPOCH;
        if let (true, Some(tally)) = (word & OPEN != 0, self.tally.get()) {
            epoch = (epoch + 1) & EPOCH;
            state.add_calls(tally.close(epoch_of(epoch)));
        }
        let decision = decide(&mut state);
        let mut next = epoch;
        if let Some((from, until)) = state.tally_span() {
            self.tally.get_or_init(|| Tally::new(epoch_of(epoch)));
            self.round.from.store(from.as_nanos(), Ordering::Release);
            self.round.until.store(until.as_nanos(), Ordering::Release);
            next |= OPEN;
        }
        // An unchanged word need not be taken from the cores that read it.
        if next != word {
            self.round.word.store(next, Ordering::Release);
        }
        decision
    }

    /// Looks at what does not change with what is counted.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.lock())
    }

    /// Nothing panics with the lock held, so that what a poisoned one protects is whole nevertheless.
    fn lock(&self) -> MutexGuard<'_, S> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
