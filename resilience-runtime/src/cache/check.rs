//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value,
//! and [`Cache::new`](super::Cache::new) all of them.
//!
//! Every function panics with one sentence: what is wrong, then what to do.

use core::time::Duration;

use super::config::CacheConfig;
use crate::text::{refuse, text};

/// `ttl` > 0.
#[track_caller]
pub const fn cache_ttl(ttl: Duration) {
    if ttl.is_zero() {
        refuse(&text(
            "the time of a `cache` must be longer than 0s, or nothing is remembered; write a time like \"60s\"",
        ));
    }
}

/// `capacity` >= 1.
#[track_caller]
pub const fn cache_capacity(capacity: u32) {
    if capacity == 0 {
        refuse(&text("the `capacity` of a `cache` must be 1 answer or more; raise it, or remove `cache`"));
    }
}

/// `stale_if_error` > 0.
#[track_caller]
pub const fn cache_stale(stale_if_error: Duration) {
    if stale_if_error.is_zero() {
        refuse(&text(
            "the `stale_if_error` of a `cache` must be longer than 0s; write a time like \"5m\", or remove it",
        ));
    }
}

/// All the rules.
#[track_caller]
pub(crate) const fn config(config: &CacheConfig) {
    cache_ttl(config.ttl);
    cache_capacity(config.capacity);
    if let Some(stale_if_error) = config.stale_if_error {
        cache_stale(stale_if_error);
    }
}
