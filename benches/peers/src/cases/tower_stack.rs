//! The layers of tower-resilience, all in one stack.

use std::time::Duration;

use tower::{Layer as _, Service as _, ServiceExt as _, service_fn};
use tower_resilience::bulkhead::BulkheadLayer;
use tower_resilience::circuitbreaker::CircuitBreakerLayer;
use tower_resilience::ratelimiter::RateLimiterLayer;
use tower_resilience::retry::RetryLayer;
use tower_resilience::timelimiter::TimeLimiterLayer;

use super::limits::LIMIT;
use crate::case::Case;
use crate::operation::{later, operation};
use crate::{ready_case, waiting_case};

/// The stack around a service. A macro, for its type has no name that anybody would want to write.
macro_rules! stack {
    ($service:expr) => {{
        let service = TimeLimiterLayer::builder().timeout_duration(LIMIT).build().layer($service);
        let places = BulkheadLayer::builder().max_concurrent_calls(64).reject_when_full().build();
        let service = places.expect("64 places are fine").layer(service);
        let rate = RateLimiterLayer::builder().limit_for_period(1_000_000_000).build();
        let service = rate.expect("a high limit is fine").layer(service);
        let breaker = CircuitBreakerLayer::builder().sliding_window_size(100).build();
        let service = breaker.expect("a window of 100 calls is fine").layer(service);
        let retry = RetryLayer::builder().max_attempts(3).exponential_backoff(Duration::from_millis(100));
        retry.build().layer(service)
    }};
}

pub(super) fn add(cases: &mut Vec<Case>) {
    let service = stack!(service_fn(operation));
    ready_case!(cases, "F1", "tower-resilience", [let mut service = service.clone();] |n| async {
        service.ready().await?.call(n).await
    });
}

pub(super) fn add_later(cases: &mut Vec<Case>) {
    let service = stack!(service_fn(later));
    waiting_case!(cases, "P1", "tower-resilience", [let mut service = service.clone();] |n| async {
        service.ready().await?.call(n).await
    });
}
