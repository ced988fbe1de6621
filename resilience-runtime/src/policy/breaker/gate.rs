//! What every call reads and a healthy one writes nothing to: one word that says what to do.
//!
//! The word is stored with the lock held and read without, and is all that a reader needs to trust: whoever
//! sees a word sees (by its release and acquire) everything that was stored before it.

use super::{Mode, State};
use crate::sync::{AtomicU64, Ordering, const_but_for_loom};
use crate::time::Tick;

/// Everything a call has to know of its breaker, packed.
///
/// Bits 0-1 state, 2-3 mode, 4-7 flags, 8-31 epoch, 32-63 generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(u64);

const STATE: u64 = 0b11;
const MODE: u64 = 0b11 << MODE_SHIFT;
const MODE_SHIFT: u32 = 2;
const ADMITS: u64 = 1 << 4;
const TIMES: u64 = 1 << 5;
const SKIPS: u64 = 1 << 6;
const TALLIES: u64 = 1 << 7;
const EPOCH_SHIFT: u32 = 8;
const EPOCH: u64 = 0xff_ffff << EPOCH_SHIFT;
const GENERATION_SHIFT: u32 = 32;

/// The parts of a [`Word`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub(super) state: State,
    pub(super) mode: Mode,
    pub(super) generation: u32,
    /// Which round of lock-free counting it is, modulo 2^24.
    pub(super) epoch: u32,
    /// Calls have to be timed.
    pub(super) times: bool,
    /// A success that is not slow is not written down.
    pub(super) skips: bool,
    /// A success that is not slow is counted without the lock.
    pub(super) tallies: bool,
}

impl Word {
    pub(super) const fn new(parts: Parts) -> Self {
        let Parts { state, mode, generation, epoch, times, skips, tallies } = parts;
        let state_bits = match state {
            State::Closed => 0,
            State::Open => 1,
            State::HalfOpen => 2,
        };
        let mode_bits = match mode {
            Mode::Normal => 0,
            Mode::Isolated => 1,
            Mode::Disabled => 2,
            Mode::ObserveOnly => 3,
        };
        let mut word = state_bits | mode_bits << MODE_SHIFT;
        word |= (epoch as u64) << EPOCH_SHIFT & EPOCH;
        word |= (generation as u64) << GENERATION_SHIFT;
        if state_bits == 0 {
            word |= ADMITS;
        }
        if times {
            word |= TIMES;
        }
        if skips {
            word |= SKIPS;
        }
        if tallies {
            word |= TALLIES;
        }
        Self(word)
    }

    pub(super) const fn state(self) -> State {
        match self.0 & STATE {
            0 => State::Closed,
            1 => State::Open,
            _ => State::HalfOpen,
        }
    }

    pub(super) const fn mode(self) -> Mode {
        match (self.0 & MODE) >> MODE_SHIFT {
            0 => Mode::Normal,
            1 => Mode::Isolated,
            2 => Mode::Disabled,
            _ => Mode::ObserveOnly,
        }
    }

    /// Whether calls are refused until a time.
    pub(super) const fn is_open(self) -> bool {
        matches!((self.state(), self.mode()), (State::Open, Mode::Normal))
    }

    /// Whether every call is let through.
    pub(super) const fn admits(self) -> bool {
        self.0 & ADMITS != 0
    }

    pub(super) const fn times(self) -> bool {
        self.0 & TIMES != 0
    }

    pub(super) const fn skips(self) -> bool {
        self.0 & SKIPS != 0
    }

    pub(super) const fn tallies(self) -> bool {
        self.0 & TALLIES != 0
    }

    pub(super) const fn epoch(self) -> u32 {
        ((self.0 & EPOCH) >> EPOCH_SHIFT) as u32
    }

    /// The number of the next epoch.
    pub(super) const fn next_epoch(self) -> u32 {
        (self.epoch() + 1) & 0xff_ffff
    }

    pub(super) const fn generation(self) -> u32 {
        (self.0 >> GENERATION_SHIFT) as u32
    }
}

/// The word, and the few numbers that go with it.
///
/// On cache lines of its own (two, for processors that fetch them in pairs): calls on all cores read it, and the
/// lock beside it must not take it from them.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Gate {
    word: AtomicU64,
    open_since: AtomicU64,
    open_until: AtomicU64,
    tally_from: AtomicU64,
    tally_until: AtomicU64,
    /// In nanoseconds.
    slow_call: AtomicU64,
    /// Whether the calls of a closed breaker are counted without regard to the time: no more than advice.
    timeless: AtomicU64,
}

impl Gate {
    const_but_for_loom! {
        pub(super) const fn new(word: Word) -> Self {
            Self {
                word: AtomicU64::new(word.0),
                open_since: AtomicU64::new(0),
                open_until: AtomicU64::new(0),
                tally_from: AtomicU64::new(0),
                tally_until: AtomicU64::new(0),
                // No call is slow until the first one has been recorded, under the lock, where slowness is judged again.
                slow_call: AtomicU64::new(0),
                timeless: AtomicU64::new(0),
            }
        }
    }

    pub(super) fn word(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    /// Stores the word. With the lock held, and after everything that goes with it.
    pub(super) fn publish(&self, word: Word) {
        // No other thread stores, and an unchanged word need not be taken from the cores that read it.
        if self.word.load(Ordering::Relaxed) != word.0 {
            self.word.store(word.0, Ordering::Release);
        }
    }

    pub(super) fn set_open_span(&self, since: Tick, until: Tick) {
        self.open_since.store(since.as_nanos(), Ordering::Relaxed);
        self.open_until.store(until.as_nanos(), Ordering::Relaxed);
    }

    /// The ends may be of two periods, and newer than the word that was read: calls are refused in each of them.
    pub(super) fn open_span(&self) -> (Tick, Tick) {
        let [since, until] = [&self.open_since, &self.open_until].map(|end| end.load(Ordering::Relaxed));
        (Tick::from_nanos(since), Tick::from_nanos(until))
    }

    pub(super) fn set_tally_span(&self, from: Tick, until: Tick) {
        self.tally_from.store(from.as_nanos(), Ordering::Release);
        self.tally_until.store(until.as_nanos(), Ordering::Release);
    }

    /// Acquired: whoever sees the span of a newer word also sees that the counting of the older one is over.
    pub(super) fn tally_span(&self) -> (Tick, Tick) {
        let [from, until] = [&self.tally_from, &self.tally_until].map(|end| end.load(Ordering::Acquire));
        (Tick::from_nanos(from), Tick::from_nanos(until))
    }

    pub(super) fn set_slow_call(&self, nanos: u64) {
        store_new(&self.slow_call, nanos);
    }

    pub(super) fn set_timeless(&self, is_timeless: bool) {
        store_new(&self.timeless, u64::from(is_timeless));
    }

    pub(super) fn is_timeless(&self) -> bool {
        self.timeless.load(Ordering::Relaxed) != 0
    }

    pub(super) fn slow_call(&self) -> u64 {
        self.slow_call.load(Ordering::Relaxed)
    }
}

/// Stores a number that stands by itself. With the lock held: no other thread stores, and an unchanged one need not be
/// taken from the cores that read it.
fn store_new(number: &AtomicU64, new: u64) {
    if number.load(Ordering::Relaxed) != new {
        number.store(new, Ordering::Relaxed);
    }
}
