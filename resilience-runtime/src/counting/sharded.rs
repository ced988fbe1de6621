//! A number that many threads add to and few read.
//!
//! Each thread has a shard to itself, and adds to it by a load and a store: what no other thread writes needs no atomic
//! addition, which would be most of what a healthy call pays for metrics, and a fifth of what an open breaker takes to
//! refuse one; and threads that add to one number all the time do not wait for each other's cache line. A shard is that of
//! a thread's [seat](super::seat): handed on when the thread ends. The threads for which there are none share the last one.
//! A number takes 2 KB from its first addition on.

// Not those of `crate::sync`: no decision depends on a count, so that models of decisions need not interleave it.
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::seat::{seat, take_seat};

/// Shards that threads have to themselves: of the first seats.
const OWNED: usize = 16;

/// The last shard, which threads share.
const SHARED: usize = OWNED;

/// On cache lines of its own (two, for processors that fetch them in pairs).
#[derive(Debug)]
#[repr(align(128))]
struct Shard(AtomicU64);

#[derive(Debug)]
pub(crate) struct Sharded {
    /// Made by the first addition.
    shards: OnceLock<Box<[Shard; OWNED + 1]>>,
}

impl Sharded {
    pub(crate) const fn new() -> Self {
        Self { shards: OnceLock::new() }
    }

    #[inline]
    pub(crate) fn add_one(&self) {
        let shards = self.shards.get_or_init(|| Box::new(core::array::from_fn(|_| Shard(AtomicU64::new(0)))));
        let place = seat();
        // Relaxed: a count that nothing else depends on. Who has a seat after another sees what that one wrote.
        if place < SHARED {
            let count = &shards[place].0;
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        } else {
            add_shared(shards, take_seat());
        }
    }

    pub(crate) fn get(&self) -> u64 {
        let shards = self.shards.get().map_or(&[][..], |shards| &shards[..]);
        shards.iter().map(|shard| shard.0.load(Ordering::Relaxed)).sum()
    }
}

/// What a policy has refused: ever, for metrics, and since it was last put back, for its handle.
#[derive(Debug)]
pub(crate) struct Rejections {
    ever: Sharded,
    /// Those before the last reset. Not taken from the count, to which other threads add without a look at it.
    forgotten: AtomicU64,
}

impl Rejections {
    pub(crate) const fn new() -> Self {
        Self { ever: Sharded::new(), forgotten: AtomicU64::new(0) }
    }

    #[inline]
    pub(crate) fn add_one(&self) {
        self.ever.add_one();
    }

    #[cfg(feature = "otel")]
    pub(crate) fn ever(&self) -> u64 {
        self.ever.get()
    }

    pub(crate) fn get(&self) -> u64 {
        self.ever.get().saturating_sub(self.forgotten.load(Ordering::Relaxed))
    }

    pub(crate) fn reset(&self) {
        self.forgotten.store(self.ever.get(), Ordering::Relaxed);
    }
}

/// For threads that share a shard, and for the first time of all.
#[cold]
fn add_shared(shards: &[Shard; OWNED + 1], seat: usize) {
    shards[seat.min(SHARED)].0.fetch_add(1, Ordering::Relaxed);
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::counting::seat::SEATS;

    #[test]
    fn no_addition_of_any_thread_is_lost() {
        // More threads than shards, and more one after the other than at once; not all seats, which other tests want too.
        const THREADS: usize = 2 * OWNED;
        static COUNT: Sharded = Sharded::new();
        for _ in 0..3 {
            let all = Barrier::new(THREADS);
            std::thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| {
                        all.wait();
                        (0..1_000).for_each(|_| COUNT.add_one());
                    });
                }
            });
        }
        assert_eq!(COUNT.get(), 3 * 1_000 * THREADS as u64);
    }

    #[test]
    fn no_addition_is_lost_among_threads_that_share_a_shard() {
        // For so long that they do add at the same time.
        const ADDITIONS: u64 = 5_000_000;
        let count = Sharded::new();
        count.add_one();
        let shards = count.shards.get().unwrap();
        // Of the last seat, and of none.
        std::thread::scope(|scope| {
            for seat in [SEATS - 1, SEATS] {
                scope.spawn(move || (0..ADDITIONS).for_each(|_| add_shared(shards, seat)));
            }
        });
        assert_eq!(count.get(), 1 + 2 * ADDITIONS);
    }

    #[test]
    fn a_thread_that_is_ending_is_counted() {
        static COUNT: Sharded = Sharded::new();

        struct AtTheEnd;

        impl Drop for AtTheEnd {
            fn drop(&mut self) {
                COUNT.add_one();
            }
        }

        thread_local!(static FIRST: AtTheEnd = const { AtTheEnd });
        thread_local!(static LAST: AtTheEnd = const { AtTheEnd });
        std::thread::spawn(|| {
            // Dropped in the order they were used or the other way round: one of them after the thread's shard is gone.
            FIRST.with(|_| ());
            COUNT.add_one();
            LAST.with(|_| ());
        })
        .join()
        .unwrap();
        assert_eq!(COUNT.get(), 3);
    }
}
