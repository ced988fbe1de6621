//! What annotated functions do, seen from outside: one module per room, and one per matter that concerns several.

mod backoff;
mod blanket_traits;
mod block;
mod block_keys;
mod block_none;
mod blocking;
mod breaker;
mod budget;
mod bulkhead;
mod bulkhead_queue;
mod cache;
mod cancel;
mod catalog;
mod chaos;
mod classification;
mod coalesce;
mod coalesce_hand_over;
mod concurrency;
mod deadline;
mod derive_classify;
mod events;
mod every_policy;
mod fallback;
mod fallback_chain;
mod half_open;
mod hedge;
mod hedge_limits;
mod idempotency;
mod inherited;
mod limit_spans;
mod limits_together;
mod methods;
mod named;
mod nesting;
mod no_prelude;
mod observer;
mod operation;
mod order;
mod panic;
mod passed_on;
mod preset_overrides;
mod presets;
mod queues;
mod rate_limit;
mod rate_limit_lease;
mod receiver;
mod retry;
mod retry_after;
mod returned_futures;
mod schema;
mod shapes;
mod slow_probes;
mod span_fallback;
mod span_fields;
mod span_tree;
mod spans;
mod stacked;
mod storm;
mod subscribers;
mod suspended;
mod taken_apart;
mod throttle;
mod timeout;
mod unneeded;
mod wakers;
mod worst_case;

/// The step sets the variable; a profile that names no package of the workspace is no mistake to cargo.
#[test]
fn the_step_optimized_has_no_debug_assertions() {
    let is_optimized = std::env::var_os("RESILIENCE_OPTIMIZED").is_some();
    assert!(!(is_optimized && cfg!(debug_assertions)), "`tests/optimized.toml` is not in effect");
}
