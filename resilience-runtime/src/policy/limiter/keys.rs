//! The limits of a keyed limiter: a line for each key, as many as are allowed, under several locks.

use core::hash::{BuildHasher, Hash};
use core::time::Duration;
use std::collections::hash_map::RandomState;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::config::Settings;
use super::limits::Limits;
use super::state::Line;
use super::table::Table;
use crate::time::Tick;
use crate::wakers::Wakers;

/// As many locks, so that threads with different keys rarely wait for each other; fewer for few keys, so that the one
/// to be forgotten is chosen among all.
const MAX_SHARDS: usize = 32;
const KEYS_PER_SHARD: usize = 64;

/// How many keys are looked at for one that can be forgotten: with so many, it is one of the least recently used sixth
/// with a probability of 95 %.
const CANDIDATES: usize = 16;

/// Keys that were used within this time are not forgotten before there are too many: most of them come again, and to
/// forget and add one takes longer than to find it.
const LATELY: Duration = Duration::from_secs(60);

/// What a key stands for, as a number: a hash (`SipHash`) whose secret is drawn anew in each process, so that nobody
/// outside can choose keys that meet.
pub(super) fn number_of<K: Hash + ?Sized>(key: &K) -> u64 {
    static HASHER: OnceLock<RandomState> = OnceLock::new();
    HASHER.get_or_init(RandomState::new).hash_one(key)
}

#[derive(Debug)]
pub(super) struct Keys {
    /// A power of two of them.
    shards: Box<[Shard]>,
    /// Odd, and drawn anew for each limiter.
    secret: u64,
    /// Keys in all shards; one that is about to be added counts already.
    len: AtomicUsize,
    max: AtomicUsize,
}

/// On cache lines of its own (two, for processors that fetch them in pairs).
#[derive(Debug)]
#[repr(align(128))]
struct Shard(Mutex<Lines>);

/// The keys under one lock.
#[derive(Debug)]
struct Lines {
    limits: Limits,
    /// By the [`number`](Keys::number) of the key.
    known: Table<Line>,
    /// Counts what every forgotten key had counted: where a new key starts, which may be one of them.
    forgotten: Line,
}

impl Keys {
    pub(super) fn new(settings: &Settings) -> Self {
        let max = settings.max_keys as usize;
        let shards = (max / KEYS_PER_SHARD).clamp(1, MAX_SHARDS).next_power_of_two();
        let lines = || Lines { limits: settings.limits, known: Table::new(), forgotten: Line::new() };
        Self {
            shards: (0..shards).map(|_| Shard(Mutex::new(lines()))).collect(),
            secret: RandomState::new().hash_one(0) | 1,
            len: AtomicUsize::new(0),
            max: AtomicUsize::new(max),
        }
    }

    #[cfg(all(test, not(resilience_loom)))]
    pub(super) fn shards(&self) -> usize {
        self.shards.len()
    }

    /// Another number for a key, no two of which have the same: the lowest bits are the place of its shard.
    ///
    /// Keys are hashes as a rule, which are spread evenly, and hashing them again would take as long as all the rest. They
    /// may be plain numbers, too, and those of somebody who knows this text. So they are spread by the golden ratio, and
    /// then by the secret: whichever two they are, the highest bits of the product, which say where a key is to be
    /// found, are the same with no more than twice the probability that they have by chance.
    #[inline]
    fn number(&self, key: u64) -> u64 {
        let spread = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let product = (spread ^ spread >> 32).wrapping_mul(self.secret);
        product.rotate_left(self.shards.len().trailing_zeros())
    }

    /// The place of a number's shard.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the lowest bits are meant")]
    fn home_of(&self, number: u64) -> usize {
        number as usize & (self.shards.len() - 1)
    }

    /// Keys that are remembered now.
    pub(super) fn len(&self) -> usize {
        // A figure for reading; the lines themselves are under the locks.
        self.len.load(Ordering::Relaxed)
    }

    /// Calls that wait, with any key.
    pub(super) fn waiting(&self) -> usize {
        let waiting =
            |shard: &Shard| shard.lock().known.values_mut().map(|line| line.waiting()).sum::<usize>();
        self.shards.iter().map(waiting).sum()
    }

    /// Runs `decide` on the line of `key`, which is new if there is none. When not even an old one could be forgotten
    /// to make place for it, says how long to wait.
    #[inline]
    pub(super) fn with<T>(
        &self,
        key: u64,
        now: Tick,
        decide: impl FnOnce(&mut Line, &Limits) -> T,
    ) -> Result<T, Duration> {
        let number = self.number(key);
        let mut lines = self.shards[self.home_of(number)].lock();
        let place = if let Some(place) = lines.known.find(number) {
            place
        } else {
            let place;
            (lines, place) = self.add(lines, number, now)?;
            place
        };
        let Lines { limits, known, .. } = &mut *lines;
        Ok(decide(known.at_mut(place), limits))
    }

    /// Adds a key to its shard, and finds a place for it, if need be in another one.
    #[cold]
    #[inline(never)]
    fn add<'k>(
        &'k self,
        mut lines: MutexGuard<'k, Lines>,
        number: u64,
        now: Tick,
    ) -> Result<(MutexGuard<'k, Lines>, usize), Duration> {
        self.forget_idle(&mut lines, now);
        if !self.has_grown() && !lines.forget(now) {
            // One lock at a time: the place is made in another shard, and kept as a count.
            let (home, spacing) = (self.home_of(number), lines.limits.spacing());
            drop(lines);
            let mut others = self.shards.iter().cycle().skip(home + 1).take(self.shards.len() - 1);
            if !others.any(|shard| shard.lock().forget(now)) {
                return Err(spacing);
            }
            lines = self.shards[home].lock();
            if let Some(place) = lines.known.find(number) {
                // Another thread has been faster with the same key.
                self.len.fetch_sub(1, Ordering::Relaxed);
                return Ok((lines, place));
            }
        }
        let Lines { limits, known, forgotten } = &mut *lines;
        forgotten.settle(limits, now);
        let place = known.insert(number, Line::after(forgotten));
        Ok((lines, place))
    }

    /// Runs `act` on the line of `key` if there is one.
    pub(super) fn with_known<T>(&self, key: u64, act: impl FnOnce(&mut Line, &Limits) -> T) -> Option<T> {
        let number = self.number(key);
        let mut lines = self.shards[self.home_of(number)].lock();
        let Lines { limits, known, .. } = &mut *lines;
        known.find(number).map(|place| act(known.at_mut(place), limits))
    }

    /// Goes on under other settings; whom to wake.
    pub(super) fn convert(&self, settings: &Settings, now: Tick) -> Wakers {
        let mut wakers = Wakers::new();
        for shard in &self.shards {
            let mut lines = shard.lock();
            let Lines { limits, known, forgotten } = &mut *lines;
            for line in known.values_mut().chain([forgotten]) {
                wakers.extend(line.convert(limits, &settings.limits, now));
            }
            *limits = settings.limits;
        }
        let max = settings.max_keys as usize;
        self.max.store(max, Ordering::Relaxed);
        let mut is_shrinking = true;
        while self.len() > max && is_shrinking {
            is_shrinking = false;
            for shard in &self.shards {
                if self.len() > max && shard.lock().forget(now) {
                    self.len.fetch_sub(1, Ordering::Relaxed);
                    is_shrinking = true;
                }
            }
        }
        wakers
    }

    /// Forgets all keys, and what those counted that calls wait for; whom to wake.
    pub(super) fn reset(&self, now: Tick) -> Wakers {
        let mut wakers = Wakers::new();
        for shard in &self.shards {
            let mut lines = shard.lock();
            let Lines { limits, known, forgotten } = &mut *lines;
            *forgotten = Line::new();
            let mut gone = 0;
            known.retain(|line| {
                wakers.extend(line.reset(limits, now));
                let is_kept = line.waiting() > 0;
                gone += usize::from(!is_kept);
                is_kept
            });
            self.len.fetch_sub(gone, Ordering::Relaxed);
        }
        wakers
    }

    /// Looks at two keys and forgets those that make no difference and were not used lately, so that those of yesterday
    /// do not stay for ever.
    fn forget_idle(&self, lines: &mut Lines, now: Tick) {
        let Lines { limits, known, .. } = lines;
        let idle = |line: &mut Line| {
            let is_stale = now.since(line.latest()) >= LATELY && line.is_idle(limits, now);
            is_stale.then(|| line.latest())
        };
        let forgotten = (0..2).filter(|_| known.evict(1, idle).is_some()).count();
        self.len.fetch_sub(forgotten, Ordering::Relaxed);
    }

    /// Counts one more key, if it may be.
    fn has_grown(&self) -> bool {
        let max = self.max.load(Ordering::Relaxed);
        let grow = |len: usize| (len < max).then_some(len + 1);
        self.len.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grow).is_ok()
    }
}

impl Shard {
    /// Nothing panics with the lock held, so that what a poisoned one protects is whole nevertheless.
    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    /// Forgets a key, but not what it had counted; never one that calls wait for.
    fn forget(&mut self, now: Tick) -> bool {
        let Self { limits, known, forgotten } = self;
        let free = |line: &mut Line| {
            let last_use = if line.is_idle(limits, now) { Tick::from_nanos(0) } else { line.latest() };
            (line.waiting() == 0).then_some(last_use)
        };
        // Where calls wait for all of these, it is worth a look at the others.
        let found = known.evict(CANDIDATES, free).or_else(|| known.evict(usize::MAX, free));
        let Some(mut line) = found else { return false };
        line.settle(limits, now);
        forgotten.settle(limits, now);
        forgotten.absorb(&line, limits);
        true
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    fn keys(max: u32) -> Keys {
        Keys::new(&Settings { max_keys: max, ..Settings::NONE })
    }

    #[test]
    fn keys_that_are_plain_numbers_are_spread() {
        for step in 0..48 {
            let keys = Keys { secret: 0xD1B5_4A32_D192_ED03, ..keys(100_000) };
            let (mut shards, mut slots) = ([0_u32; MAX_SHARDS], [0_u32; 4096]);
            for key in 0..4096 {
                let number = keys.number(key << step);
                shards[keys.home_of(number)] += 1;
                slots[(number >> 52) as usize] += 1;
            }
            assert!(*shards.iter().max().unwrap() < 256, "{step}: {shards:?}");
            assert!(*slots.iter().max().unwrap() < 16, "{step}: {:?}", slots.iter().max());
        }
    }

    #[test]
    fn nobody_knows_where_a_key_is() {
        assert_ne!(keys(1).number(1), keys(1).number(1));
    }

    #[test]
    fn a_shard_is_two_cache_lines() {
        assert_eq!(size_of::<Shard>(), 128);
    }
}
