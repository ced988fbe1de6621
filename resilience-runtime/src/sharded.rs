//! A number that many threads add to and few read.
//!
//! Each thread has a shard to itself, and adds to it by a load and a store: what no other thread writes needs no atomic
//! addition, which would be most of what a healthy call pays for metrics, and half of a refusal; and threads that add to one
//! number all the time do not wait for each other's cache line. A shard is that of a thread's [seat](crate::seat): handed
//! on when the thread ends. The threads for which there are none share the last one. A number takes 2 KB from its first
//! addition on.

// Not those of `crate::sync`: no decision depends on a count, so that models of decisions need not interleave it.
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::seat::{seat, take_seat};

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
            add_slowly(shards);
        }
    }

    pub(crate) fn get(&self) -> u64 {
        let shards = self.shards.get().map_or(&[][..], |shards| &shards[..]);
        shards.iter().map(|shard| shard.0.load(Ordering::Relaxed)).sum()
    }
}

/// For threads that share a shard, and for the first time of all.
#[cold]
fn add_slowly(shards: &[Shard; OWNED + 1]) {
    shards[take_seat().min(SHARED)].0.fetch_add(1, Ordering::Relaxed);
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::seat::SEATS;

    #[test]
    fn no_addition_of_any_thread_is_lost() {
        // More threads than shards and than seats, and more one after the other than at once.
        const THREADS: usize = SEATS + OWNED;
        static COUNT: Sharded = Sharded::new();
        // The last ones for so long that threads which share a shard do add at the same time.
        let rounds = [1_000, 1_000, 1_000_000];
        for additions in rounds {
            let all = Barrier::new(THREADS);
            std::thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| {
                        all.wait();
                        (0..additions).for_each(|_| COUNT.add_one());
                    });
                }
            });
        }
        assert_eq!(COUNT.get(), rounds.iter().sum::<u64>() * THREADS as u64);
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
