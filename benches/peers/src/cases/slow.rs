//! What is not healthy: failures that are counted, a breaker that opens, refusals by the limits.

use std::num::NonZeroU32;
use std::pin::{Pin, pin};
use std::task::{Context, Waker};
use std::time::Duration;

use circuitbreaker_rs::{CircuitBreaker, DefaultPolicy};
use failsafe::futures::CircuitBreaker as _;
use failsafe::{Config, backoff, failure_policy};
use governor::{Quota, RateLimiter};
use recloser::{AsyncRecloser, Recloser};
use tokio::sync::Semaphore;

use crate::case::Case;
use crate::operation::{Error, failing, operation, ready, sometimes};
use crate::{ours, ready_case};

const WINDOW: Duration = Duration::from_mins(1);

pub(super) fn add(cases: &mut Vec<Case>) {
    failures(cases);
    transitions(cases);
    refusals(cases);
}

/// A quarter of the calls fail, which none of the breakers takes for too much.
fn failures(cases: &mut Vec<Case>) {
    ready_case!(cases, "S1", "resilient, window of calls", |n| ours::failures_calls(n));
    ready_case!(cases, "S1", "resilient, window of time", |n| ours::failures_time(n));
    let breaker: AsyncRecloser = Recloser::custom().error_rate(0.9).closed_len(100).build().into();
    ready_case!(cases, "S1", "recloser, window of calls", |n| breaker.call(sometimes(n)));
    let policy = failure_policy::success_rate_over_time_window(0.1, 10, WINDOW, backoff::constant(WINDOW));
    let breaker = Config::new().failure_policy(policy).build();
    ready_case!(cases, "S1", "failsafe, window of time", |n| breaker.call(sometimes(n)));
    let breaker = CircuitBreaker::<DefaultPolicy, Error>::builder().failure_threshold(0.9).build();
    ready_case!(cases, "S1", "circuitbreaker-rs", |n| breaker.call_async(|| sometimes(n)));
}

/// Each call opens the breaker, which is then closed by hand.
fn transitions(cases: &mut Vec<Case>) {
    ready_case!(cases, "S2", "resilient", |n| async move {
        let result = ours::opens(n).await;
        ours::OPENS.reset();
        result
    });
    let policy = failure_policy::consecutive_failures(1, backoff::constant(WINDOW));
    let breaker = Config::new().failure_policy(policy).build();
    ready_case!(cases, "S2", "failsafe", |n| async {
        let result = breaker.call(failing(n)).await;
        breaker.reset();
        result
    });
}

fn refusals(cases: &mut Vec<Case>) {
    let _ = ready(pin!(ours::rate_exhausted(0)));
    ready_case!(cases, "S3", "resilient", |n| ours::rate_exhausted(n));
    let limiter = RateLimiter::direct(Quota::per_hour(NonZeroU32::MIN));
    let _ = limiter.check();
    ready_case!(cases, "S3", "governor", |n| async {
        limiter.check().map_err(|_| Error::REFUSED)?;
        operation(n).await
    });
    // It is in the middle of its operation for good.
    let held: Pin<&mut _> = Box::leak(Box::new(Box::pin(ours::bulkhead_held(0)))).as_mut();
    let _ = held.poll(&mut Context::from_waker(Waker::noop()));
    ready_case!(cases, "S4", "resilient", |n| ours::bulkhead_full(n));
    let semaphore = Semaphore::new(0);
    ready_case!(cases, "S4", "Semaphore::try_acquire", |n| async {
        let _place = semaphore.try_acquire().map_err(|_| Error::REFUSED)?;
        operation(n).await
    });
}
