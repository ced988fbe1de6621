//! The kinds of policies that functions share, for what is done with all of them alike.

use crate::breaker::Breaker;
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::cache::Cache;
#[cfg(feature = "chaos")]
use crate::chaos::Chaos;
use crate::limiter::RateLimiter;
use crate::registry::Shared;
use crate::throttle::Throttle;

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
