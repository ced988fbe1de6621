//! The kinds of policies that functions share, for what is done with all of them alike.

use crate::breaker::Breaker;
use crate::budget::RetryBudget;
use crate::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::cache::Cache;
#[cfg(feature = "chaos")]
use crate::chaos::Chaos;
use crate::limiter::RateLimiter;
use crate::registry::{Shared, Source};
use crate::site::Site;
use crate::throttle::Throttle;

/// A policy that an annotated function can have.
pub(super) trait Kind: Shared {
    /// Its key in the attribute.
    const KEY: &'static str;

    /// What the defaults come to, for a name that nobody configures.
    const UNSET: &'static str = "its defaults hold";

    /// Where a function has it from.
    fn source(site: &'static Site) -> Option<&'static Source<Self>>;
}

impl Kind for Breaker {
    const KEY: &'static str = "breaker";

    #[inline]
    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.breaker_source()
    }
}

impl Kind for Throttle {
    const KEY: &'static str = "throttle";

    #[inline]
    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.throttle_source()
    }
}

impl Kind for RateLimiter {
    const KEY: &'static str = "rate_limit";
    const UNSET: &'static str = "it admits every call";

    #[inline]
    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.rate_limit_source()
    }
}

impl Kind for Bulkhead {
    const KEY: &'static str = "bulkhead";

    #[inline]
    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.bulkhead_source()
    }
}

impl Kind for RetryBudget {
    const KEY: &'static str = "budget";

    #[inline]
    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.budget_source()
    }
}

#[cfg(feature = "cache")]
impl Kind for Cache {
    const KEY: &'static str = "cache";
    const UNSET: &'static str = "it remembers nothing";

    #[inline]
    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.cache_source()
    }
}

#[cfg(feature = "chaos")]
impl Kind for Chaos {
    const KEY: &'static str = "chaos";
    const UNSET: &'static str = "it injects nothing";

    #[inline]
    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.chaos_source()
    }
}
