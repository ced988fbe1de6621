//! Retry: tries a failed call again, after a wait that grows and is random.
//!
//! Most failures of a dependency are short: a restart, a lost connection, a leader election. A second try a
//! moment later succeeds, and the caller never learns of the first. What a retry must not do is add load to a
//! dependency that fails *because* of load, which is why waits grow ([`Backoff`]), why they are random
//! ([`Jitter`]: clients that failed together must not come back together), and why a circuit breaker belongs
//! beside it.
//!
//! **When it does not help.** On an operation that is not idempotent: an attempt that timed out may have been
//! carried out all the same. On an error that says the request itself is wrong: classify it as
//! [`Class::Permanent`](crate::Class::Permanent). Around a call that already retries inside: attempts multiply.
//!
//! **What it costs.** Nothing on the success path. After a failure one random number, and the wait.
//!
//! **How it decides.** In this order: an outcome that is not worth a retry stops; `max` tries made stop; the
//! delay comes from the backoff, or from the dependency's own `retry_after`, and is no shorter than a limit of this
//! function goes on refusing; a breaker that would still be open after it stops; a delay that leaves no time before the
//! deadline stops, and so does a `retry_after` longer than `retry_after_max` (60 s where neither that nor a deadline is
//! set), at once and without waiting.

mod backoff;
pub(crate) mod check;
mod policy;
mod schedule;
mod state;
#[cfg(test)]
mod tests;

pub use backoff::{Backoff, Jitter};
pub use policy::BackoffPolicy;
pub use state::UNTIL_DEADLINE;
pub(crate) use state::{Cause, Decision, Retry, longest_retry_after};
