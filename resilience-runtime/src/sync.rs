//! The locks and atomics of the policies: those of `std`, or under `cfg(resilience_loom)` those of `loom`, which runs a
//! test under every interleaving of its threads.

#[cfg(all(feature = "chaos", resilience_loom))]
pub(crate) use loom::sync::atomic::AtomicBool;
#[cfg(resilience_loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic::AtomicU64, atomic::Ordering};
#[cfg(all(feature = "chaos", not(resilience_loom)))]
pub(crate) use std::sync::atomic::AtomicBool;
#[cfg(not(resilience_loom))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic::AtomicU64, atomic::Ordering};

/// A function that is `const`, but for loom's build: its types cannot be made in const evaluation.
macro_rules! const_but_for_loom {
    ($(#[$attribute:meta])* $visibility:vis const fn $($rest:tt)*) => {
        #[cfg(not(resilience_loom))]
        $(#[$attribute])*
        $visibility const fn $($rest)*

        #[cfg(resilience_loom)]
        $(#[$attribute])*
        $visibility fn $($rest)*
    };
}
pub(crate) use const_but_for_loom;

/// A small number that differs from thread to thread.
#[cfg(not(resilience_loom))]
pub(crate) fn thread_number() -> usize {
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
pub(crate) fn thread_number() -> usize {
    0
}
