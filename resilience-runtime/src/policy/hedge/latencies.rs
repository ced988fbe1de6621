//! How long recent calls took: a histogram that forgets.

use core::array;
use core::fmt;
use core::sync::atomic::AtomicU32;
use core::time::Duration;

use crate::sync::{AtomicU64, Ordering, const_but_for_loom};
use crate::time::{Tick, is_another_clock, nanos};

/// How long a generation takes samples. The one before it counts as well, so that a percentile is of the last half to
/// full minute.
pub(super) const GENERATION: Duration = Duration::from_secs(30);

/// Of fewer samples a percentile says little: the p95 of twenty is the slowest but one.
pub(super) const WARM_UP: u32 = 20;

/// Each power of two has 2^4 buckets, so that what is read is at most a sixteenth too long.
const SPLIT: u32 = 4;
/// All below 2^10 ns, a microsecond, is as fast: no timer is that fine.
const LOWEST: u32 = 10;
/// Two hours and more are as slow.
const HIGHEST: u32 = 42;
pub(super) const BUCKETS: usize = ((HIGHEST - LOWEST + 1) << SPLIT) as usize;

/// The latencies of the last minute of one function, in memory that does not grow with them.
///
/// A log-linear histogram in two generations: samples go into the newer, both are read, and from time to time the older
/// is emptied and becomes the newer. There is no lock: a sample that comes while a generation is emptied may get lost,
/// which moves a delay a little and decides nothing else. For the same reason all accesses to samples are relaxed.
pub struct Latencies {
    generations: [Generation; 2],
    /// When the newer generation began, in nanoseconds; the lowest bit says which one it is. Zero before the first.
    newer: AtomicU64,
    found: Found,
}

/// A percentile as it was last looked up: to find it, all buckets have to be read.
pub(super) struct Found {
    nanos: AtomicU64,
    /// How many samples there were then; zero when it is out of date.
    samples: AtomicU64,
}

impl Found {
    const_but_for_loom! {
        /// None yet.
        pub(super) const fn new() -> Self {
            Self { nanos: AtomicU64::new(0), samples: AtomicU64::new(0) }
        }
    }

    /// The percentile, as long as there are few more samples: it is about the same.
    pub(super) fn of(&self, samples: u32) -> Option<Duration> {
        // Acquired: whoever sees how many there were also sees the percentile of them.
        let then = self.samples.load(Ordering::Acquire);
        let more = u64::from(samples).checked_sub(then).filter(|_| then > 0)?;
        (more <= then / 64).then(|| Duration::from_nanos(self.nanos.load(Ordering::Relaxed)))
    }

    /// It is that, with so many samples.
    pub(super) fn keep(&self, percentile: Duration, samples: u32) {
        self.nanos.store(nanos(percentile), Ordering::Relaxed);
        self.samples.store(samples.into(), Ordering::Release);
    }

    fn forget(&self) {
        self.samples.store(0, Ordering::Relaxed);
    }
}

struct Generation {
    buckets: [AtomicU32; BUCKETS],
    count: AtomicU32,
}

impl Generation {
    const fn new() -> Self {
        Self { buckets: [const { AtomicU32::new(0) }; BUCKETS], count: AtomicU32::new(0) }
    }

    fn clear(&self) {
        self.count.store(0, Ordering::Relaxed);
        for bucket in &self.buckets {
            bucket.store(0, Ordering::Relaxed);
        }
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Self::new()
    }
}

impl Latencies {
    const_but_for_loom! {
        /// Knows nothing yet.
        #[must_use]
        pub const fn new() -> Self {
            Self {
                generations: [const { Generation::new() }; 2],
                newer: AtomicU64::new(0),
                found: Found::new(),
            }
        }
    }

    /// Forgets all samples.
    #[cfg(feature = "test-util")]
    pub(crate) fn reset(&self) {
        self.generations.iter().for_each(Generation::clear);
        self.newer.store(0, Ordering::Relaxed);
        self.found.forget();
    }

    /// Empties the buckets, as a thread does that has begun a generation late: the count has the samples of others.
    #[cfg(test)]
    pub(super) fn lose_samples(&self) {
        let buckets = self.generations.iter().flat_map(|generation| &generation.buckets);
        buckets.for_each(|bucket| bucket.store(0, Ordering::Relaxed));
    }

    /// Adds a sample.
    pub(crate) fn record(&self, now: Tick, latency: Duration) {
        let newer = &self.generations[self.turn(now)];
        newer.buckets[bucket_of(latency)].fetch_add(1, Ordering::Relaxed);
        newer.count.fetch_add(1, Ordering::Relaxed);
    }

    /// The time that so many millionths of the samples took at most, or up to a sixteenth more; `None` while there are
    /// too few of them.
    pub(crate) fn percentile(&self, now: Tick, millionths: u32) -> Option<Duration> {
        self.turn(now);
        let count = self.count();
        if count < WARM_UP {
            return None;
        }
        self.found.of(count).or_else(|| {
            let found = self.find(millionths)?;
            self.found.keep(found, count);
            Some(found)
        })
    }

    /// How many samples there are.
    pub(super) fn count(&self) -> u32 {
        let [one, other] = array::from_fn(|at| self.generations[at].count.load(Ordering::Relaxed));
        u32::saturating_add(one, other)
    }

    /// By the buckets alone: where samples got lost, the count has them still.
    fn find(&self, millionths: u32) -> Option<Duration> {
        let samples: [u64; BUCKETS] = array::from_fn(|bucket| {
            self.generations.iter().map(|it| u64::from(it.buckets[bucket].load(Ordering::Relaxed))).sum()
        });
        let count: u64 = samples.iter().sum();
        if count < WARM_UP.into() {
            return None;
        }
        let rank = (count * u64::from(millionths)).div_ceil(1_000_000);
        let mut seen = 0;
        let bucket = samples.iter().position(|here| {
            seen += here;
            seen >= rank
        });
        bucket.map(end_of)
    }

    /// Begins a new generation if it is time; which one is the newer.
    fn turn(&self, now: Tick) -> usize {
        let word = self.newer.load(Ordering::Relaxed);
        let began = Tick::from_nanos(word & !1);
        let index = usize::from(word & 1 == 1);
        // A clock that is back by a lot is another one, and what was measured by it is of no use.
        let is_another = word != 0 && is_another_clock(began, now);
        if word != 0 && !is_another && now.since(began) < GENERATION {
            return index;
        }
        let next = now.as_nanos() & !1 | u64::from(index == 0);
        if let Err(newer) = self.newer.compare_exchange(word, next, Ordering::Relaxed, Ordering::Relaxed) {
            return usize::from(newer & 1 == 1);
        }
        self.generations[1 - index].clear();
        if is_another || now.since(began) >= 2 * GENERATION {
            self.generations[index].clear();
        }
        self.found.forget();
        1 - index
    }
}

impl fmt::Debug for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latencies").field("count", &self.count()).finish_non_exhaustive()
    }
}

/// The bucket of a latency.
pub(super) fn bucket_of(latency: Duration) -> usize {
    let nanos = nanos(latency).clamp(1 << LOWEST, (1 << (HIGHEST + 1)) - 1);
    let power = nanos.ilog2();
    let part = (nanos >> (power - SPLIT)) & ((1 << SPLIT) - 1);
    (((power - LOWEST) << SPLIT) as usize) + usize::try_from(part).unwrap_or(0)
}

/// The time below which all of a bucket is.
pub(super) fn end_of(bucket: usize) -> Duration {
    let next = bucket as u64 + 1;
    let (power, part) = (next >> SPLIT, next & ((1 << SPLIT) - 1));
    Duration::from_nanos(((1 << SPLIT) + part) << (power + u64::from(LOWEST - SPLIT)))
}
