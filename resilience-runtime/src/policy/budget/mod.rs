//! Retry budget: bounds how much load retries add.
//!
//! Each retry is a good idea by itself. When a dependency fails for everybody, all of them together multiply its load
//! just then: three attempts make three times the calls, and three such layers above each other 27 times. A budget holds
//! the retries of all calls that share it to a share of those calls, so that load grows by `ratio` at most, by
//! `(1 + ratio)` per layer, whatever fails.
//!
//! It does not help against first attempts: a dependency that drowns in them needs a throttle, a rate limit or a
//! breaker. It is kept per process; a share of the calls is what makes it hold for a fleet nevertheless.
//!
//! **How it decides.** Over a sliding `window` it counts calls, each once however often it is tried, and retries. A
//! retry is made if with it the retries of the window are at most `ratio` of its calls, or at most `floor`: with few
//! calls a share of them is less than one retry. Otherwise the call returns the error it has. A retry counts from the
//! moment it is scheduled, and one whose wait is cut short by a drop of the call is given back.
//!
//! **Why no token bucket.** The quotas of AWS SDKs (500 tokens, a retry costs 5 or 10) and of gRPC (`maxTokens`,
//! `tokenRatio`) bound the same thing by numbers that mean nothing to a reader, and that hold for one rate of calls: an
//! idle client saves up its tokens and spends all of them in the first second of an outage. A share of the calls
//! that were made in the last seconds is one number, and right at any rate. The design is that of Finagle's `RetryBudget`.
//!
//! **What it costs.** A call adds to a counter of its own thread and reads a coarse clock (`crate::counting::ledger`). A
//! retry takes a short lock. Both windows take about a kilobyte.
//!
//! `state` is the decision, pure; `guard` the handle with its clock and lock.

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
mod withdrawal;

pub use config::BudgetConfig;
pub use guard::RetryBudget;
pub use registry::retry_budgets;
pub use snapshot::BudgetSnapshot;
pub use withdrawal::Withdrawal;
