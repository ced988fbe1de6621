//! The kinds of policies that functions share, for what is done with all of them alike.

use crate::policy::breaker::Breaker;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Chaos;
use crate::policy::limiter::RateLimiter;
use crate::policy::registry::Shared;
use crate::policy::throttle::Throttle;

/// A policy that an annotated function can have.
pub(super) trait Kind: Shared {
    /// What becomes of a name that nobody configures, where there are no defaults that protect anything.
    const UNSET: Option<&'static str> = None;
}

impl Kind for Breaker {}

impl Kind for Throttle {}

impl Kind for RateLimiter {
    const UNSET: Option<&'static str> = Some("it admits every call");
}

impl Kind for Bulkhead {}

impl Kind for RetryBudget {}

#[cfg(feature = "cache")]
impl Kind for Cache {
    const UNSET: Option<&'static str> = Some("it remembers nothing");
}

#[cfg(feature = "chaos")]
impl Kind for Chaos {
    const UNSET: Option<&'static str> = Some("it injects nothing");
}
