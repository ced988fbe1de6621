//! The events of caches as `tracing` events.

use tracing::Level;

use crate::event::Event;
use crate::telemetry::names::{self, TARGET};

/// Emits `event`, if it is one of a cache.
pub(super) fn record(event: &Event) {
    match *event {
        Event::CacheHit { cache, operation, age } => {
            tracing::event!(name: names::CACHE_HIT, target: TARGET, Level::TRACE, {
                { names::CACHE } = cache,
                { names::OPERATION } = operation,
                { names::CACHE_AGE } = age.as_secs_f64(),
            });
        }
        Event::CacheMiss { cache, operation } => {
            tracing::event!(name: names::CACHE_MISS, target: TARGET, Level::TRACE, {
                { names::CACHE } = cache,
                { names::OPERATION } = operation,
            });
        }
        Event::CacheStale { cache, operation, age } => {
            tracing::event!(name: names::CACHE_STALE, target: TARGET, Level::WARN, {
                { names::CACHE } = cache,
                { names::OPERATION } = operation,
                { names::CACHE_AGE } = age.as_secs_f64(),
            });
        }
        Event::Coalesced { cache, operation } => {
            tracing::event!(name: names::CACHE_COALESCED, target: TARGET, Level::TRACE, {
                { names::CACHE } = cache,
                { names::OPERATION } = operation,
            });
        }
        _ => {}
    }
}
