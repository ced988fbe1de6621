//! axum: refusals as responses.

use ::axum_core::response::{IntoResponse, Response};
use ::http::header::RETRY_AFTER;
use ::http::{HeaderValue, StatusCode};

use crate::outcome::{Error, Rejected, RejectedKind};

/// | refused by | status |
/// |---|---|
/// | a breaker, a bulkhead, a throttle | 503 |
/// | a rate limit | 429 |
/// | a limit of time | 504 |
///
/// With `Retry-After` in seconds, rounded up and at least one, where it is known. There is no body: what refused is no
/// business of the caller's.
///
/// ```
/// use axum_core::response::{IntoResponse, Response};
/// use resilience_runtime::Rejected;
///
/// enum ShopError {
///     NoSuchOrder,
///     Rejected(Rejected),
/// }
///
/// impl IntoResponse for ShopError {
///     fn into_response(self) -> Response {
///         match self {
///             Self::NoSuchOrder => http::StatusCode::NOT_FOUND.into_response(),
///             Self::Rejected(rejected) => rejected.into_response(),
///         }
///     }
/// }
/// # assert_eq!(ShopError::NoSuchOrder.into_response().status(), 404);
/// # let _ = ShopError::Rejected;
/// ```
#[diagnostic::do_not_recommend]
impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        let status = match self.kind() {
            RejectedKind::BreakerOpen | RejectedKind::BulkheadFull | RejectedKind::Throttled => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            RejectedKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            RejectedKind::Timeout | RejectedKind::Deadline => StatusCode::GATEWAY_TIMEOUT,
        };
        let mut response = status.into_response();
        if let Some(after) = self.retry_after() {
            // Zero would ask for a storm.
            let seconds = (after.as_secs() + u64::from(after.subsec_nanos() > 0)).max(1);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The refusal's response, or the error's own.
#[diagnostic::do_not_recommend]
impl<E: IntoResponse> IntoResponse for Error<E> {
    fn into_response(self) -> Response {
        match self {
            Self::Rejected(rejected) => rejected.into_response(),
            Self::Inner(error) => error.into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    fn answer(rejected: Rejected) -> (u16, Option<String>) {
        let response = rejected.into_response();
        let after = response.headers().get(RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), after)
    }

    #[test]
    fn a_refusal_is_a_status_with_the_time_to_come_back() {
        let after = |seconds: &str| Some(seconds.to_owned());
        assert_eq!(answer(Rejected::breaker_open("db", Duration::from_millis(1001))), (503, after("2")));
        assert_eq!(answer(Rejected::breaker_open("db", Duration::ZERO)), (503, after("1")));
        assert_eq!(answer(Rejected::breaker_open("db", Duration::MAX)), (503, None));
        assert_eq!(answer(Rejected::rate_limited("api", Duration::from_secs(3))), (429, after("3")));
        assert_eq!(answer(Rejected::bulkhead_full("db", Duration::ZERO)), (503, None));
        assert_eq!(answer(Rejected::throttled("db")), (503, None));
        assert_eq!(answer(Rejected::timeout("load", Duration::ZERO)), (504, None));
        assert_eq!(answer(Rejected::deadline("load", Duration::ZERO)), (504, None));
    }

    #[test]
    fn an_error_answers_for_itself() {
        assert_eq!(Error::Inner(StatusCode::NOT_FOUND).into_response().status(), 404);
        let rejected: Error<StatusCode> = Error::Rejected(Rejected::throttled("db"));
        assert_eq!(rejected.into_response().status(), 503);
    }
}
