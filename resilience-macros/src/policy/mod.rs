//! One room per policy: what the user wrote, the checked model, and the code it becomes.
//!
//! A room names its keys in a [`Room`](crate::written::Room), from which the walk over the attribute (`keys`) knows what
//! may stand where, and reads their values in its `read`.

pub(crate) mod breaker;
pub(crate) mod budget;
pub(crate) mod bulkhead;
pub(crate) mod cache;
pub(crate) mod call;
pub(crate) mod chaos;
pub(crate) mod coalesce;
pub(crate) mod fallback;
pub(crate) mod hedge;
pub(crate) mod idempotency;
pub(crate) mod preset;
pub(crate) mod rate_limit;
pub(crate) mod retry;
pub(crate) mod span;
pub(crate) mod throttle;
pub(crate) mod timeout;
