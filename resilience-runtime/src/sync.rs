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
