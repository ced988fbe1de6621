//! Retry, a success at the first try: three attempts, exponential backoff from 100 ms, jitter.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use backon_macros::backon;
use layered::{Execute, Service as _, Stack as _};
use seatbelt::retry::Retry as Seatbelt;
use seatbelt::{RecoveryInfo, ResilienceContext};
use tick::Clock;
use tokio::time::Sleep;
use tokio_retry2::strategy::{ExponentialFactorBackoff, jitter};
use tokio_retry2::{MapErr as _, Retry};
use tower::retry::Policy;
use tower::{Service as _, ServiceBuilder, ServiceExt as _, service_fn};

use crate::case::Case;
use crate::operation::{Error, operation};
use crate::{RUNTIME, ours, ready_case};

/// The first delay.
const BASE: Duration = Duration::from_millis(100);

/// What it looks like by hand.
#[expect(clippy::disallowed_methods, reason = "a loop by hand sleeps by hand")]
async fn by_hand(n: u64) -> Result<u64, Error> {
    let mut attempts = 1;
    loop {
        match operation(n).await {
            Err(_) if attempts < 3 => attempts += 1,
            result => return result,
        }
        tokio::time::sleep(BASE).await;
    }
}

fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::default().with_min_delay(BASE).with_jitter().with_max_times(2)
}

#[backon(backoff = backoff)]
async fn annotated(n: u64) -> Result<u64, Error> {
    operation(n).await
}

/// What `tower` asks its users for.
#[derive(Clone)]
struct Attempts(u32);

impl Policy<u64, u64, Error> for Attempts {
    type Future = Sleep;

    #[expect(clippy::disallowed_methods, reason = "a policy by hand sleeps by hand")]
    fn retry(&mut self, _: &mut u64, result: &mut Result<u64, Error>) -> Option<Sleep> {
        if result.is_ok() || self.0 == 0 {
            return None;
        }
        self.0 -= 1;
        Some(tokio::time::sleep(BASE))
    }

    fn clone_request(&mut self, request: &u64) -> Option<u64> {
        Some(*request)
    }
}

pub(super) fn add(cases: &mut Vec<Case>) {
    ready_case!(cases, "B1", "resilient", |n| ours::retry(n));
    ready_case!(cases, "B1", "by hand", |n| by_hand(n));
    ready_case!(cases, "B1", "backon", |n| async move { (|| operation(n)).retry(backoff()).await });
    ready_case!(cases, "B1", "backon-macros", |n| annotated(n));
    ready_case!(cases, "B1", "tokio-retry2", |n| async move {
        let delays = ExponentialFactorBackoff::from_millis(100, 2.0).map(jitter).take(2);
        Retry::spawn(delays, || async move { operation(n).await.map_transient_err() }).await
    });
    let service = ServiceBuilder::new()
        .layer(tower::retry::RetryLayer::new(Attempts(2)))
        .service(service_fn(operation));
    ready_case!(cases, "B1", "tower::retry", [let mut service = service.clone();] |n| async {
        service.ready().await?.call(n).await
    });
    let _guard = RUNTIME.enter();
    let context = ResilienceContext::new(Clock::new_tokio());
    let layer = Seatbelt::layer("retry", &context).clone_input().max_retry_attempts(2).base_delay(BASE);
    let layer =
        layer.recovery_with(
            |result: &Result<u64, Error>, _| {
                if result.is_ok() { RecoveryInfo::never() } else { RecoveryInfo::retry() }
            },
        );
    let service = (layer, Execute::new(operation)).into_service();
    ready_case!(cases, "B1", "seatbelt", |n| service.execute(n));
}
