//! Circuit breaker: stops calling what keeps failing.
//!
//! A dependency that is down or overloaded does not get better by more calls, and callers that wait for it pile up.
//! A breaker watches the outcomes; when too many fail it *opens* and refuses calls at once, and after a while it is
//! *half-open*: a few probes find out whether the dependency is back.
//!
//! It does not help where failures have nothing to do with each other (one bad key among many good ones), and it is no
//! limit on load: a slow dependency that never fails is a matter for timeouts. One breaker stands for one thing that
//! can fail: two hosts behind one breaker bring each other down.
//!
//! **How it decides.** Closed, it opens when one of its rules is met: `failure_rate` or `slow_rate` over a window of
//! calls or of time, from `min_calls` on, `failures` in that window, or `consecutive` failures. It stays open for
//! `open_for`, and from that very moment on it lets `probes` calls through. It closes as soon as `successes` of them have
//! succeeded, and opens again as soon as that is out of reach. Each state is a generation: the outcome of a call counts
//! only in the generation that admitted it, so that a call which hung for a minute closes or opens nothing. The pattern is
//! M. Nygard's ("Release It!", 2007).
//!
//! **What it costs.** A healthy call reads one word and writes nothing, or adds to a counter of its own thread where the
//! window is a time (`crate::counting::tally`). Failures, and successes while a failure is in the window, take a short
//! lock, and read the clock where the window is a time. A refusal reads the clock, a coarse one until shortly before the
//! end. A window of calls takes up to two bits per call, a window of time about a kilobyte.
//!
//! `state` is the decision, pure: `window` is what a closed breaker remembers, `trial` what a half-open one tries. `gate` is
//! the word that every call reads, `guard` the handle with its clock, lock and listeners.

pub(crate) mod check;
mod commands;
mod config;
mod figures;
mod gate;
mod guard;
#[cfg(all(test, resilience_loom))]
mod loom;
mod permit;
mod registry;
mod snapshot;
mod state;
#[cfg(all(test, not(resilience_loom)))]
mod tests;
mod trial;
mod window;

pub use config::{BreakerConfig, Window};
pub use guard::Breaker;
pub(crate) use permit::Pass;
pub use permit::Permit;
pub use registry::breakers;
pub use snapshot::{Mode, Snapshot, State};
