//! What a function has while the program runs.

use std::sync::OnceLock;

use crate::policy::breaker::Breaker;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Chaos;
use crate::policy::coalesce::Flights;
use crate::policy::limiter::RateLimiter;
use crate::policy::throttle::Throttle;
use crate::telemetry::meter::SiteMeter;

/// What a function has while the program runs: what is put together or looked up when it is first needed, and what is
/// counted.
#[derive(Debug)]
pub(crate) struct SiteState {
    /// The function's path.
    pub(super) path: OnceLock<String>,
    /// Its policies in one line.
    pub(super) digest: OnceLock<String>,
    pub(crate) breaker: OnceLock<&'static Breaker>,
    pub(crate) throttle: OnceLock<&'static Throttle>,
    pub(crate) rate_limit: OnceLock<&'static RateLimiter>,
    pub(crate) bulkhead: OnceLock<&'static Bulkhead>,
    pub(crate) budget: OnceLock<&'static RetryBudget>,
    #[cfg(feature = "cache")]
    pub(crate) cache: OnceLock<&'static Cache>,
    #[cfg(feature = "chaos")]
    pub(crate) chaos: OnceLock<&'static Chaos>,
    /// The executions under way, by what they were asked for.
    pub(crate) flights: OnceLock<Box<Flights>>,
    #[cfg_attr(not(feature = "otel"), expect(dead_code, reason = "nothing is counted without the feature"))]
    pub(crate) meter: SiteMeter,
}

impl SiteState {
    pub(super) const fn new() -> Self {
        Self {
            path: OnceLock::new(),
            digest: OnceLock::new(),
            breaker: OnceLock::new(),
            throttle: OnceLock::new(),
            rate_limit: OnceLock::new(),
            bulkhead: OnceLock::new(),
            budget: OnceLock::new(),
            #[cfg(feature = "cache")]
            cache: OnceLock::new(),
            #[cfg(feature = "chaos")]
            chaos: OnceLock::new(),
            flights: OnceLock::new(),
            meter: SiteMeter::new(),
        }
    }
}
