//! A number that many threads add to and few read.
//!
//! Each thread has a shard to itself, and adds to it by a load and a store: what no other thread writes needs no atomic
//! addition, which would be most of what a healthy call pays for metrics. Shards are handed on when threads end; the
//! threads for which there are none share the last one.

use core::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Shards that threads have to themselves. A number takes 128 bytes for each, and one for all others.
const OWNED: usize = 16;

/// The last shard, which threads share.
const SHARED: usize = OWNED;

/// A thread that has not asked yet.
const UNKNOWN: usize = usize::MAX;

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
        let shards = self.shards.get_or_init(|| Box::new([const { Shard(AtomicU64::new(0)) }; OWNED + 1]));
        let place = PLACE.get();
        // Relaxed: a count that nothing else depends on. Who has a shard after another sees what that one wrote, by the
        // lock under which it was handed on.
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
    if PLACE.get() == UNKNOWN {
        // A thread that is ending has no shard any more.
        PLACE.set(OWN.try_with(|own| own.0).unwrap_or(SHARED));
    }
    shards[PLACE.get()].0.fetch_add(1, Ordering::Relaxed);
}

thread_local! {
    static PLACE: Cell<usize> = const { Cell::new(UNKNOWN) };
    /// Apart, as what has to be dropped costs a question each time it is used.
    static OWN: Own = Own::take();
}

/// The shards that no thread has.
static FREE: Mutex<[bool; OWNED]> = Mutex::new([true; OWNED]);

/// The shard of a thread, of every number; the shared one where all were taken.
struct Own(usize);

impl Own {
    fn take() -> Self {
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        let place = free.iter().position(|is_free| *is_free);
        if let Some(place) = place {
            free[place] = false;
        }
        Self(place.unwrap_or(SHARED))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // The thread may go on counting until it has ended: no longer in a shard that is another's by then.
        PLACE.set(SHARED);
        if let Some(is_free) = FREE.lock().unwrap_or_else(PoisonError::into_inner).get_mut(self.0) {
            *is_free = true;
        }
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn no_addition_of_any_thread_is_lost() {
        // More threads than shards, and more one after the other than at once.
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
