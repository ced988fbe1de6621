//! The rules for the settings of a cache.

use core::time::Duration;

use super::config::CacheConfig;

/// `ttl` > 0.
///
/// # Panics
///
/// When it is not.
#[track_caller]
pub const fn cache_ttl(ttl: Duration) {
    assert!(
        !ttl.is_zero(),
        "the time of a `cache` must be longer than 0s, or nothing is remembered; write a time like \"60s\""
    );
}

/// `capacity` >= 1.
///
/// # Panics
///
/// When it is not.
#[track_caller]
pub const fn cache_capacity(capacity: u32) {
    assert!(
        capacity >= 1,
        "the `capacity` of a `cache` must be 1 answer or more; raise it, or remove `cache`"
    );
}

/// `stale_if_error` > 0.
///
/// # Panics
///
/// When it is not.
#[track_caller]
pub const fn cache_stale(stale_if_error: Duration) {
    assert!(
        !stale_if_error.is_zero(),
        "the `stale_if_error` of a `cache` must be longer than 0s; write a time like \"5m\", or remove it"
    );
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
