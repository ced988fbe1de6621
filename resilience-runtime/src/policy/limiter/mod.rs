//! Rate limit: so many calls in so long, and no more.
//!
//! A dependency that has a quota, or that is known to bear so much and not more, is best served by callers that keep to
//! it: a call that would be refused there costs both sides something, and one that is refused here, or waits for its
//! turn, costs next to nothing.
//!
//! It does not help where calls take longer and longer (so many at once is a matter for a bulkhead), and it knows
//! nothing of other processes: ten of them with 100 calls a second each make 1 000.
//!
//! **How it decides.** A *token bucket* admits while it has tokens, and gets one more every `period / count`, up to
//! `burst`. A *sliding window* admits while there are fewer than `count` calls in the last `period`, whenever that began.
//! Both are exact to the nanosecond, at the boundary too: a call at the very moment is admitted. A call that is refused
//! does not count; where it does, as in some limiters, callers that insist are never let in again.
//!
//! Calls that wait stand in a line, first come first served, each with a place that says when its turn is. Places are not
//! paid for in advance: what counts is when calls start. So one that leaves takes nothing with it and all behind it move
//! up, and after a jump of the clock no more calls start at once than the burst.
//!
//! **What it costs.** A call that is admitted by a bucket reads the clock and does one compare-and-swap; every half
//! second, and while calls wait, it takes a short lock, as it does with a window and with keys. Refusals of a bucket take
//! no lock either, where calls do not wait. With a *lease*, a thread takes so many tokens by one compare-and-swap and spends them on its next calls,
//! each by a load and a store of its own, with no clock; what that costs is exactness, by a bound that
//! [`RateLimitConfig::lease`] states. A window takes eight bytes per call in it, a key 40 to 47 bytes, with a
//! window about a hundred more; a call that waits 32.
//!
//! **Why no library.** `governor` is the well-kept one. It brings 36 crates, where a build of this one has 15. It is not
//! const-constructible, which a plain `static` and the compiler's check of its settings need; its waits have a timer of
//! their own, which does not follow tokio's paused clock, and no order; it has no sliding window, and no bound on its
//! keys but what is swept by hand. It is ahead in time, most where no key is asked for, since it reads the time stamp counter
//! itself; the feature `tsc` does so here. A key takes 40 bytes here and 22 there, which keeps no time of the last use. The
//! figures of both stand in `benches/RESULTS.md` of the repository.
//!
//! `meter` has the two algorithms, `state` the line, both pure; `gate` is the bucket without a lock, `lease` what
//! threads have taken from it in advance, `keys` the lines by key, `table` where they are found, `lists` what few of them
//! have, `guard` the handle.

pub(crate) mod check;
mod commands;
mod config;
mod gate;
mod guard;
mod keys;
mod lease;
mod limits;
mod lists;
#[cfg(all(test, resilience_loom))]
mod loom;
mod meter;
mod registry;
mod reservation;
mod snapshot;
mod state;
mod table;
#[cfg(all(test, not(resilience_loom)))]
mod tests;

pub use config::{Algorithm, Rate, RateLimitConfig};
pub use guard::RateLimiter;
pub use registry::rate_limiters;
pub use reservation::Reservation;
pub(crate) use reservation::Turn;
pub use snapshot::RateLimitSnapshot;
