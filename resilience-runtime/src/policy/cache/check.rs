//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value, and
//! [`Cache::new`](super::Cache::new) all of them.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do.

use core::time::Duration;

use super::config::CacheConfig;
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::text::text;

/// `ttl` > 0.
pub const fn cache_ttl(ttl: Duration) -> Ruling {
    if ttl.is_zero() {
        return refuse(&text(
            "the time of a `cache` must be longer than 0s, or nothing is remembered; write a time like \"60s\"",
        ));
    }
    HOLDS
}

/// `capacity` >= 1.
pub const fn cache_capacity(capacity: u32) -> Ruling {
    if capacity == 0 {
        return refuse(&text(
            "the `capacity` of a `cache` must be 1 answer or more; raise it, or remove `cache`",
        ));
    }
    HOLDS
}

/// `stale_if_error` > 0.
pub const fn cache_stale(stale_if_error: Duration) -> Ruling {
    if stale_if_error.is_zero() {
        return refuse(&text(
            "the `stale_if_error` of a `cache` must be longer than 0s; write a time like \"5m\", or remove it",
        ));
    }
    HOLDS
}

/// All the rules.
pub(crate) const fn config(config: &CacheConfig) -> Ruling {
    require!(cache_ttl(config.ttl));
    require!(cache_capacity(config.capacity));
    if let Some(stale_if_error) = config.stale_if_error {
        require!(cache_stale(stale_if_error));
    }
    HOLDS
}
