//! The policies, a room for each, and what they have in common.
//!
//! Rooms have one shape: `mod` (why the policy exists, what it costs), `config` (a `const` builder), `check` (its rules),
//! `state` (the decision: no clock, no lock, no `async`), `guard` (takes the lock, asks `state`, tells events when the lock
//! is released), `registry` and `snapshot` (by name, and as it stands). A room has only those that it needs.
//!
//! Beside them: `preset`, sets of policies; `answer`, what is given more than once; `registry`, policies by name;
//! `setting`, one value as the attribute takes it; `ruling`, what a rule says. Who asks which policy when is not known
//! here: that is `call`.

pub(crate) mod answer;
pub(crate) mod breaker;
pub(crate) mod budget;
pub(crate) mod bulkhead;
#[cfg(feature = "cache")]
pub(crate) mod cache;
#[cfg(feature = "chaos")]
pub mod chaos;
pub(crate) mod coalesce;
pub(crate) mod fallback;
pub(crate) mod hedge;
pub(crate) mod limiter;
pub(crate) mod preset;
pub(crate) mod registry;
pub(crate) mod retry;
pub(crate) mod ruling;
pub(crate) mod setting;
pub(crate) mod throttle;
pub(crate) mod timeout;
