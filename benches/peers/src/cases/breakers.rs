//! A breaker around a success, and one that is open.

use std::pin::pin;
use std::time::Duration;

use circuitbreaker_rs::{CircuitBreaker, DefaultPolicy};
use failsafe::futures::CircuitBreaker as _;
use failsafe::{Config, backoff, failure_policy};
use layered::{Execute, Service as _, Stack as _};
use recloser::{AsyncRecloser, Recloser};
use seatbelt::breaker::Breaker as Seatbelt;
use seatbelt::{RecoveryInfo, ResilienceContext};
use tick::Clock;
use tower::{Service as _, ServiceBuilder, ServiceExt as _, service_fn};
use tower_resilience::circuitbreaker::{CircuitBreakerLayer, SlidingWindowType};

use crate::case::Case;
use crate::operation::{Error, failing, operation, ready};
use crate::{RUNTIME, ours, ready_case};

/// How long an open one stays so: longer than any measurement.
const OPEN_FOR: Duration = Duration::from_hours(10);

fn recloser() -> AsyncRecloser {
    Recloser::custom().error_rate(0.5).closed_len(100).half_open_len(10).open_wait(OPEN_FOR).build().into()
}

fn circuitbreaker() -> CircuitBreaker<DefaultPolicy, Error> {
    CircuitBreaker::<DefaultPolicy, Error>::builder().failure_threshold(0.5).cooldown(OPEN_FOR).build()
}

fn failsafe_row() -> impl failsafe::futures::CircuitBreaker + Clone {
    let policy = failure_policy::consecutive_failures(5, backoff::constant(OPEN_FOR));
    Config::new().failure_policy(policy).build()
}

pub(super) fn add(cases: &mut Vec<Case>) {
    closed(cases);
    over_time(cases);
    open(cases);
}

fn closed(cases: &mut Vec<Case>) {
    ready_case!(cases, "C1", "resilient, window of calls", |n| ours::breaker_calls(n));
    ready_case!(cases, "C1", "resilient, consecutive", |n| ours::breaker_row(n));
    let breaker = recloser();
    ready_case!(cases, "C1", "recloser, window of calls", |n| breaker.call(operation(n)));
    let breaker = failsafe_row();
    ready_case!(cases, "C1", "failsafe, consecutive", |n| breaker.call(operation(n)));
    let breaker = circuitbreaker();
    ready_case!(cases, "C1", "circuitbreaker-rs", |n| breaker.call_async(|| operation(n)));
    let layer = CircuitBreakerLayer::builder().sliding_window_size(100).build();
    let layer = layer.expect("a window of 100 calls is fine");
    let service = ServiceBuilder::new().layer(layer).service(service_fn(operation));
    ready_case!(cases, "C1", "tower-resilience, window of calls", [let mut service = service.clone();] |n| async {
        service.ready().await?.call(n).await
    });
}

fn over_time(cases: &mut Vec<Case>) {
    ready_case!(cases, "C2", "resilient", |n| ours::breaker_time(n));
    let policy = failure_policy::success_rate_over_time_window(
        0.5,
        10,
        Duration::from_mins(1),
        backoff::constant(OPEN_FOR),
    );
    let breaker = Config::new().failure_policy(policy).build();
    ready_case!(cases, "C2", "failsafe", |n| breaker.call(operation(n)));
    let _guard = RUNTIME.enter();
    let context = ResilienceContext::new(Clock::new_tokio());
    let layer = Seatbelt::layer("breaker", &context).recovery_with(|result: &Result<u64, Error>, _| {
        if result.is_ok() { RecoveryInfo::never() } else { RecoveryInfo::retry() }
    });
    let layer = layer.rejected_input_error(|_, _| Error::REFUSED);
    let service = (layer, Execute::new(operation)).into_service();
    ready_case!(cases, "C2", "seatbelt", |n| service.execute(n));
    let layer = CircuitBreakerLayer::builder()
        .sliding_window_type(SlidingWindowType::TimeBased)
        // Its cost grows with the calls in the window; at a second it is steady after a second.
        .sliding_window_duration(Duration::from_secs(1))
        .build();
    let layer = layer.expect("a window of a second is fine");
    let service = ServiceBuilder::new().layer(layer).service(service_fn(operation));
    ready_case!(cases, "C2", "tower-resilience, 1 s", [let mut service = service.clone();] |n| async {
        service.ready().await?.call(n).await
    });
}

fn open(cases: &mut Vec<Case>) {
    ours::OPEN.trip();
    ready_case!(cases, "C3", "resilient", |n| ours::breaker_open(n));
    let breaker = recloser();
    for n in 0..200 {
        let _ = ready(pin!(breaker.call(failing(n))));
    }
    ready_case!(cases, "C3", "recloser", |n| breaker.call(operation(n)));
    let breaker = failsafe_row();
    for n in 0..5 {
        let _ = ready(pin!(breaker.call(failing(n))));
    }
    ready_case!(cases, "C3", "failsafe", |n| breaker.call(operation(n)));
    let breaker = circuitbreaker();
    breaker.force_open();
    ready_case!(cases, "C3", "circuitbreaker-rs", |n| breaker.call_async(|| operation(n)));
}
