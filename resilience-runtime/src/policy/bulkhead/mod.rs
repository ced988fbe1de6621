//! Bulkhead: at most so many calls at once.
//!
//! A dependency that becomes slow collects the calls that wait for it, until they hold all connections, memory or
//! tasks of the caller, and what has nothing to do with it stops too. A bulkhead keeps one dependency's calls to
//! their share, as the walls in a ship's hull keep a leak to one part of it. The pattern is M. Nygard's ("Release
//! It!", 2007).
//!
//! It does not help against many short calls, which are a rate limiter's matter, and it ends no call: without a
//! timeout a call that hangs holds its slot for ever. The limit holds for one process, not for a fleet.
//!
//! **How it decides.** A call enters when fewer than `max` are inside. Otherwise it is refused at once, or, where
//! there is a `queue`, it waits there for at most `wait`. A slot that gets free goes to the waiting call of the
//! highest priority, among equals to the one that came first. Nobody starves: the oldest waiting call is overtaken
//! seven times at most, so that one with `k` older ones before it is among the next `8 (k + 1)` that enter. An
//! `adaptive` bulkhead finds its limit by itself, from failures and latency (`adaptive`).
//!
//! **What it costs.** One compare-and-swap on the way in, one subtraction on the way out, on one word that holds
//! the calls inside, the limit, and whether somebody waits. Only while somebody waits is there a short lock; a call
//! in the queue takes a place in two trees, and a timer. An adaptive bulkhead reads the clock twice a call and takes
//! the lock when a call ends.
//!
//! `state` is the queue and `adaptive` the limit, both pure; `guard` the handle with its word, lock and listeners.

mod adaptive;
pub(crate) mod check;
mod commands;
mod config;
mod enter;
mod guard;
#[cfg(all(test, resilience_loom))]
mod loom;
mod registry;
mod slot;
mod snapshot;
mod state;
#[cfg(all(test, not(resilience_loom)))]
mod tests;
mod word;

pub use config::{Adaptive, BulkheadConfig};
pub use enter::Enter;
pub use guard::Bulkhead;
pub use registry::bulkheads;
pub use slot::Slot;
pub use snapshot::BulkheadSnapshot;
