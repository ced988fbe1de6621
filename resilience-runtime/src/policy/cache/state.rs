//! How old an answer may be.

use super::config::CacheConfig;
use crate::time::Tick;

/// What an answer is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// It is given at once.
    Fresh,
    /// Until that tick it stands in for an error.
    Stale { until: Tick },
    /// Nothing.
    Gone,
}

impl Age {
    /// At `now`, of an answer given at `given`.
    pub(super) fn of(given: Tick, now: Tick, config: &CacheConfig) -> Self {
        let expires = given.after(config.ttl);
        if now < expires {
            return Self::Fresh;
        }
        match config.stale_if_error.map(|stale| expires.after(stale)) {
            Some(until) if now < until => Self::Stale { until },
            _ => Self::Gone,
        }
    }
}
