//! Hedge: a second attempt beside the first, when the first is slow.
//!
//! Most of what is slow about a large service is chance: a queue, a collection of garbage, a lost packet. Asked again,
//! it answers as fast as ever. So an attempt that takes longer than most is joined by another, the answer that comes
//! first is taken, and the other is dropped. The slowest calls become about as fast as two in a row, for a few more
//! requests.
//!
//! **When it does not help.** When all requests are slow, more of them make it worse: a `budget` is what keeps the
//! extra ones a share of the calls. When a request must not be carried out twice. And against a body that blocks its
//! thread: attempts of one call take turns on it, and do not run in parallel.
//!
//! **What it costs.** Up to `max` more requests a call, and with a percentile about its complement in all: 5 % for
//! `"p95"`. The future has room for one body, a timer and what an attempt holds; an extra attempt is on the heap. A call
//! whose first attempt is ready at once makes no timer, one that is fast enough allocates nothing. A percentile reads the
//! clock twice a call, and takes four kilobytes of memory for each function.
//!
//! **How it decides.** See `Hedge` and `Latencies`; the attempts themselves are in `call::hedge`.
//!
//! Source: J. Dean and L. A. Barroso, "The Tail at Scale", Communications of the ACM 56(2), 2013; and for what an error
//! does to the attempts that are still to come, the hedging policy of gRPC (proposal A6).

pub(crate) mod check;
mod config;
mod latencies;
#[cfg(all(test, resilience_loom))]
mod loom;
mod state;
#[cfg(all(test, not(resilience_loom)))]
mod tests;

pub use self::config::Hedge;
pub use self::latencies::Latencies;
pub(crate) use self::state::Plan;
