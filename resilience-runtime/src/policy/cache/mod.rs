//! Cache: an answer that was given is given again, for a time.
//!
//! Where the same is asked for again and again and may be a little old, the fastest and safest call is the one that is
//! not made. A cache stands outside of the attempts: a call that finds its answer asks no breaker, waits for no limit
//! and makes no attempt. With `stale_if_error` it also helps where the dependency does not answer: an answer that is
//! too old to be given at once is still better than none.
//!
//! It does not help where each call asks for something else, it must not stand at a function that does something (what
//! is remembered is not done again), and it is one process's: others have their own.
//!
//! **How it decides.** An answer is *fresh* while it is younger than `ttl`, and *stale* for `stale_if_error` from then
//! on; at the very moment it is the later one. Fresh answers are given at once. A stale one is given when the call would
//! otherwise fail because the dependency could not be asked or is in trouble: after the retries, in front of the
//! fallback, for an error that is transient, a refusal, or a limit that ran out. An error that is permanent or ignored is
//! an answer of the dependency, and goes to the caller. Only answers that succeeded are remembered, never errors, nor
//! values that `when_ok` takes for failures. The rule is that of `stale-if-error` in RFC 5861, section 4.
//!
//! **What it is kept by.** The key is a value that is compared by `Eq`, not its hash alone. An answer belongs to the
//! function that gave it, and of a generic function to the instance: functions that share a cache by its name share its
//! bounds, its counts and its handle, and never get each other's answers. What is invalidated while it is being asked
//! for is not remembered, and whoever comes later asks anew, beside `coalesce` too.
//!
//! **What it costs.** Functions without it pay nothing. A hit reads the clock, looks the key up and clones the
//! answer; the key's owned copy is made in each call, which for text is an allocation. An answer that is remembered
//! takes some hundred bytes besides itself, and a cache 2 KiB for what is invalidated, by `revisions`. Where there is no
//! more room, moka forgets those that are seldom asked for (`TinyLFU`: G. Einziger, R. Friedman, B. Manes,
//! "`TinyLFU`: A Highly Efficient Cache Admission Policy", ACM TOS 13:4, 2017).
//!
//! `state` is the decision, pure; `store` the entries; `guard` the handle; `judge` what a call does with it.

pub(crate) mod check;
mod config;
mod guard;
mod judge;
mod registry;
mod revisions;
mod snapshot;
mod state;
mod store;
#[cfg(all(test, not(resilience_loom)))]
mod tests;

pub use config::CacheConfig;
pub use guard::Cache;
pub(crate) use judge::{Memory, Recalled};
pub use registry::caches;
pub use snapshot::CacheSnapshot;
