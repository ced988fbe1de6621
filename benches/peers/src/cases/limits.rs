//! A rate limit that is not reached, a bulkhead that is not full, a timeout that does not end.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{Quota, RateLimiter};
use layered::{Execute, Service as _, Stack as _};
use seatbelt::ResilienceContext;
use seatbelt::timeout::Timeout as Seatbelt;
use tick::Clock;
use tokio::sync::Semaphore;
use tower::{Service as _, ServiceBuilder, ServiceExt as _, service_fn};
use tower_resilience::bulkhead::BulkheadLayer;
use tower_resilience::ratelimiter::RateLimiterLayer;

use crate::case::Case;
use crate::operation::{Error, later, operation};
use crate::{RUNTIME, ours, ready_case, waiting_case};

/// So high that no machine reaches it.
pub(crate) const RATE: NonZeroU32 = NonZeroU32::new(1_000_000_000).unwrap();

/// How long an operation may take.
pub(super) const LIMIT: Duration = Duration::from_secs(1);

pub(super) fn add(cases: &mut Vec<Case>) {
    rates(cases);
    places(cases);
    times(cases);
}

fn rates(cases: &mut Vec<Case>) {
    ready_case!(cases, "D1", "resilient", |n| ours::rate_limit(n));
    ready_case!(cases, "D1", "resilient, lease = 256", |n| ours::rate_limit_leased(n));
    let limiter = RateLimiter::direct(Quota::per_second(RATE));
    ready_case!(cases, "D1", "governor", |n| async {
        limiter.check().map_err(|_| Error::REFUSED)?;
        operation(n).await
    });
    let layer = RateLimiterLayer::builder().limit_for_period(1_000_000_000).build();
    let layer = layer.expect("a high limit is fine");
    let service = ServiceBuilder::new().layer(layer).service(service_fn(operation));
    ready_case!(cases, "D1", "tower-resilience", [let mut service = service.clone();] |n| async {
        service.ready().await?.call(n).await
    });
}

fn places(cases: &mut Vec<Case>) {
    ready_case!(cases, "E1", "resilient", |n| ours::bulkhead(n));
    let semaphore = Semaphore::new(64);
    ready_case!(cases, "E1", "Semaphore::try_acquire", |n| async {
        let _place = semaphore.try_acquire().map_err(|_| Error::REFUSED)?;
        operation(n).await
    });
    let semaphore = Semaphore::new(64);
    ready_case!(cases, "E1", "Semaphore::acquire", |n| async {
        let _place = semaphore.acquire().await.map_err(|_| Error::REFUSED)?;
        operation(n).await
    });
    let layer = BulkheadLayer::builder().max_concurrent_calls(64).reject_when_full().build();
    let layer = layer.expect("64 places are fine");
    let service = ServiceBuilder::new().layer(layer).service(service_fn(operation));
    ready_case!(cases, "E1", "tower-resilience", [let mut service = service.clone();] |n| async {
        service.ready().await?.call(n).await
    });
}

#[expect(clippy::disallowed_methods, reason = "it is a peer")]
fn times(cases: &mut Vec<Case>) {
    ready_case!(cases, "T0", "resilient", |n| ours::timeout(n));
    ready_case!(cases, "T0", "tokio::time::timeout", |n| tokio::time::timeout(LIMIT, operation(n)));
    waiting_case!(cases, "T0p", "resilient", |n| ours::timeout_later(n));
    waiting_case!(cases, "T0p", "tokio::time::timeout", |n| tokio::time::timeout(LIMIT, later(n)));
    let _guard = RUNTIME.enter();
    let context = ResilienceContext::new(Clock::new_tokio());
    let layer = Seatbelt::layer("timeout", &context).timeout_error(|_| Error::REFUSED).timeout(LIMIT);
    let service = (layer, Execute::new(operation)).into_service();
    ready_case!(cases, "T0", "seatbelt", |n| service.execute(n));
}
