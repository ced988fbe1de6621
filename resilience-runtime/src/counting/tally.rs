//! Counts calls without a lock, while they decide nothing.
//!
//! A window of time has to count its calls even in health. Each thread adds to a shard of its own and whoever holds the
//! policy's lock collects them. A shard's word carries the epoch it counts for, so that one compare-and-swap both adds
//! and makes sure that the epoch is not over: a call is counted exactly once, in the part of the window, and under the
//! state of the policy, it was seen in.

use crate::sync::{AtomicU64, Ordering};

const COUNT_BITS: u32 = 40;
const COUNT: u64 = (1 << COUNT_BITS) - 1;

/// On cache lines of its own (two, for processors that fetch them in pairs).
#[derive(Debug)]
#[repr(align(128))]
struct Shard(AtomicU64);

#[derive(Debug)]
pub(crate) struct Tally {
    /// A power of two of them.
    shards: Box<[Shard]>,
}

impl Tally {
    /// Counts nothing yet, for that epoch.
    pub(crate) fn new(epoch: u32) -> Self {
        let shards = (0..shards()).map(|_| Shard(AtomicU64::new(empty(epoch)))).collect();
        Self { shards }
    }

    /// Counts a call; false when `epoch` is over.
    pub(crate) fn add(&self, epoch: u32) -> bool {
        let shard = &self.shards[thread_number() & (self.shards.len() - 1)].0;
        // Relaxed throughout: the word is all there is to it, and a swap that ends the epoch sees every addition before.
        let mut word = shard.load(Ordering::Relaxed);
        while word & !COUNT == empty(epoch) {
            match shard.compare_exchange_weak(word, word + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(newer) => word = newer,
            }
        }
        false
    }

    /// Ends the epoch and starts the next; what was counted in it. With the policy's lock held.
    pub(crate) fn close(&self, next_epoch: u32) -> u64 {
        self.shards.iter().map(|shard| shard.0.swap(empty(next_epoch), Ordering::Relaxed) & COUNT).sum()
    }
}

fn empty(epoch: u32) -> u64 {
    u64::from(epoch) << COUNT_BITS
}

/// As many as threads run at once, within reason: a shard takes 128 bytes and every collection reads all.
///
/// Never few: the parallelism is that of the thread that happens to come first, which may be bound to one core.
#[cfg(not(resilience_loom))]
fn shards() -> usize {
    std::thread::available_parallelism().map_or(8, usize::from).next_power_of_two().clamp(8, 32)
}

#[cfg(resilience_loom)]
fn shards() -> usize {
    1
}

/// A small number that differs from thread to thread.
#[cfg(not(resilience_loom))]
fn thread_number() -> usize {
    use core::cell::Cell;
    use core::sync::atomic::AtomicUsize;

    const NONE: usize = usize::MAX;
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static NUMBER: Cell<usize> = const { Cell::new(NONE) });

    NUMBER.with(|number| match number.get() {
        NONE => {
            // Only told apart, never compared: the order of the additions does not matter.
            let next = NEXT.fetch_add(1, Ordering::Relaxed) % NONE;
            number.set(next);
            next
        }
        number => number,
    })
}

/// All threads share a number, so that they meet.
#[cfg(resilience_loom)]
fn thread_number() -> usize {
    0
}
