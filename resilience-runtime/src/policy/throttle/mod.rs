//! Adaptive throttle: sheds calls that would be refused anyway.
//!
//! A dependency that is overloaded spends its capacity on refusing: past some load it does nothing else. Clients know
//! from its latest answers how much it accepts, and can refuse the rest themselves, at no cost to it. A throttle does so
//! for a random share of the calls, just as large as needed, and for none as soon as enough are accepted again.
//!
//! It does not help where calls are few: after a single call that failed, the next is refused at even odds. And it
//! knows of nothing but answers: a call that hangs is taken for accepted until it ends, so it needs a `timeout`. Where
//! a dependency fails as a whole, a breaker is quicker to stop and to come back; a throttle is for one that serves
//! some calls and fails others.
//!
//! **How it decides.** Over a sliding `window` it counts *requests*, the calls that asked to be made, its own refusals
//! included, and *accepts*, those that the dependency accepted. It refuses a call with the probability
//!
//! ```text
//! max(0, (requests - k * accepts) / (requests + 1))
//! ```
//!
//! so that it lets through about `k` times what is accepted: enough to notice that more would be. This is client-side
//! throttling as in "Site Reliability Engineering" (B. Beyer et al., 2016), chapter 21, "Handling Overload". A request
//! is counted when it asks. From then on it counts as accepted until it ends otherwise: the first calls of a process,
//! all under way and none answered yet, would otherwise refuse each other.
//!
//! The more calls failed in the window, the slower is the return: after an outage that filled a window, about one call per
//! window is let through at first, and each that is accepted lets `k` more. That takes some windows, three or four of
//! them at a thousand calls each; a shorter window forgets sooner.
//!
//! **What it costs.** While nothing is refused, a call adds to a counter of its own thread and reads a coarse clock
//! (`crate::counting::ledger`), and writes nothing when it is accepted. Failures, and all calls while some are refused, take
//! a short lock. The window takes about a kilobyte.
//!
//! `state` is the decision, pure; `guard` the handle with its clock, dice and lock.

mod admission;
pub(crate) mod check;
mod config;
mod guard;
#[cfg(all(test, resilience_loom))]
mod loom;
mod registry;
mod snapshot;
mod state;
#[cfg(all(test, not(resilience_loom)))]
mod tests;

pub use admission::Admission;
pub use config::ThrottleConfig;
pub use guard::Throttle;
pub use registry::throttles;
pub use snapshot::ThrottleSnapshot;
