//! Coalescing, or single flight: calls that ask for the same at the same time share one execution.
//!
//! When something that many ask for is slow, or has just fallen out of a cache, all of them would ask the dependency at
//! once for one answer. With `coalesce` the first call, the *leader*, makes the attempts in its own future, and those that
//! come while it is under way, the *followers*, wait and get copies of its result. Nothing is kept behind that: the next
//! call is a leader again. It stands inside of the deadline and the cache, and around the retries: a follower asks no
//! breaker and no limit, and its own deadline holds for its wait.
//!
//! A failure is shared like an answer, and each call then has its own fallback. What the leader had no more time for is not
//! shared with those who have: where its deadline passed, cut a wait for a limit short, or left no time for another attempt,
//! it lands for the followers whose deadlines would have done the same, and hands over to one of the others. So no call
//! fails for the hurry of another one, and those in the same hurry do not try again one after the other.
//!
//! **When a leader goes.** No task runs on behalf of the others. A leader that is dropped, panics, or runs out of time hands
//! over: one of the followers leads from there on and runs its own body, the others wait for that one. So none is lost,
//! and no two run at a time. A leader that is kept without being polled holds its followers up; a deadline bounds that.
//! A body that calls its own function with the same key waits for itself. Nothing that ends looks at a key, so that a `Hash`
//! or an `Eq` that panics holds up no call but its own.
//!
//! **What it costs.** Functions without it pay nothing. A call with it makes its key, and takes a short lock when it comes
//! and when it goes.
//!
//! The idea is that of `singleflight` in groupcache (B. Fitzpatrick, 2013). `state` is the decision, pure; `table` the
//! flights under way, by key; `judge` what a call does with its own.

mod judge;
#[cfg(all(test, resilience_loom))]
mod loom;
mod state;
mod table;
#[cfg(all(test, not(resilience_loom)))]
mod tests;

pub(crate) use judge::{Boards, Coming, Share};
pub(crate) use table::Flights;
