//! The same operation under `#[resilient]`, under the best crates there are, and under stacks of them.
//!
//! Only the attribute is measured on our side, never a function behind it. A peer is used as its own documentation
//! shows it, and in the cheapest way of those: what can be made once is made once, and a service is cloned once a batch.
//!
//! The harness is of our own. Cases are measured in turns, so that a change of the machine's mood reaches them all, and
//! the same cases are run by callgrind, by a counting allocator and on two threads: a framework for benchmarks runs one
//! case after the other, and none of them does the rest.

pub mod case;
pub mod cases;
pub mod grow;
pub mod names;
pub mod operation;
pub mod ours;
pub mod spread;
pub mod threads;
pub mod turns;

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

/// A runtime on the current thread, for cases that wait and for those that look for a timer before they need one.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_current_thread().enable_time().build().expect("a runtime needs nothing but memory")
});
