//! All policies around one operation: the attribute, the best stack by hand, and one made of layers.

use std::sync::LazyLock;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use failsafe::futures::CircuitBreaker as _;
use failsafe::{Config, backoff, failure_policy};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use recloser::{AsyncRecloser, Recloser};
use tokio::sync::Semaphore;

use super::limits::{LIMIT, RATE};
use super::tower_stack;
use crate::case::Case;
use crate::operation::{Error, later, operation};
use crate::{ours, ready_case, waiting_case};

static BREAKER: LazyLock<AsyncRecloser> =
    LazyLock::new(|| Recloser::custom().error_rate(0.5).closed_len(100).build().into());
static LIMITER: LazyLock<DefaultDirectRateLimiter> =
    LazyLock::new(|| RateLimiter::direct(Quota::per_second(RATE)));
static PLACES: Semaphore = Semaphore::const_new(64);
static MANY_PLACES: Semaphore = Semaphore::const_new(100_000);

fn delays() -> ExponentialBuilder {
    ExponentialBuilder::default().with_min_delay(Duration::from_millis(100)).with_jitter().with_max_times(2)
}

/// The limits, which the breaker stands in front of.
macro_rules! limited {
    ($places:ident, $operation:expr) => {
        async {
            LIMITER.check().map_err(|_| Error::REFUSED)?;
            let _place = $places.try_acquire().map_err(|_| Error::REFUSED)?;
            tokio::time::timeout(LIMIT, $operation).await.map_err(|_| Error::REFUSED)?
        }
    };
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn of_recloser(error: recloser::Error<Error>) -> Error {
    match error {
        recloser::Error::Inner(error) => error,
        recloser::Error::Rejected => Error::REFUSED,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn of_failsafe(error: failsafe::Error<Error>) -> Error {
    match error {
        failsafe::Error::Inner(error) => error,
        failsafe::Error::Rejected => Error::REFUSED,
    }
}

/// backon, recloser, governor, tokio: the fastest of each kind.
#[expect(clippy::disallowed_methods, reason = "it is a peer")]
async fn by_hand(n: u64) -> Result<u64, Error> {
    (|| async { BREAKER.call(limited!(PLACES, operation(n))).await.map_err(of_recloser) })
        .retry(delays())
        .await
}

#[expect(clippy::disallowed_methods, reason = "it is a peer")]
async fn by_hand_later(n: u64) -> Result<u64, Error> {
    (|| async { BREAKER.call(limited!(PLACES, later(n))).await.map_err(of_recloser) }).retry(delays()).await
}

/// The same for many tasks at once.
///
/// # Errors
///
/// Those of the operation, and those of the policies.
#[expect(clippy::disallowed_methods, reason = "it is a peer")]
pub(crate) async fn by_hand_tasks(n: u64) -> Result<u64, Error> {
    (|| async { BREAKER.call(limited!(MANY_PLACES, later(n))).await.map_err(of_recloser) })
        .retry(delays())
        .await
}

#[expect(clippy::disallowed_methods, reason = "it is a peer")]
pub(super) fn add(cases: &mut Vec<Case>) {
    ready_case!(cases, "F1", "resilient", |n| ours::all(n));
    ready_case!(cases, "F1", "resilient, breaker over time", |n| ours::all_time(n));
    ready_case!(cases, "F1", "resilient, lease = 256", |n| ours::all_leased(n));
    ready_case!(cases, "F1", "by hand: backon, recloser, governor, tokio", |n| by_hand(n));
    let policy = failure_policy::success_rate_over_time_window(
        0.5,
        10,
        Duration::from_mins(1),
        backoff::constant(LIMIT),
    );
    let breaker = Config::new().failure_policy(policy).build();
    ready_case!(cases, "F1", "by hand: backon, failsafe, governor, tokio", |n| async {
        (|| async { breaker.call(Box::pin(limited!(PLACES, operation(n)))).await.map_err(of_failsafe) })
            .retry(delays())
            .await
    });
    tower_stack::add(cases);
    waiting_case!(cases, "P1", "resilient", |n| ours::all_later(n));
    waiting_case!(cases, "P1", "by hand: backon, recloser, governor, tokio", |n| by_hand_later(n));
    tower_stack::add_later(cases);
}
