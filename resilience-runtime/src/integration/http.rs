//! HTTP statuses as classes, and the header that says when to come back.

use core::time::Duration;

use ::http::header::RETRY_AFTER;
use ::http::{HeaderMap, StatusCode};

use crate::outcome::Class;
use crate::time;

/// How an answer with this status is to be taken.
///
/// | status | class |
/// |---|---|
/// | 408, 500, 502, 504 | [`Class::Transient`] |
/// | 429, 503 | [`Class::Throttled`], with the hint of `Retry-After` where `headers` have it |
/// | 501, 505 to 508, 510, 511, and any other from 400 to 499 | [`Class::Permanent`] |
/// | any other of 500 and above, which is registered for nothing | as 500 |
/// | below 400 | `None`: no failure |
///
/// `Retry-After` is also read beside the statuses that are otherwise transient. Sources: RFC 9110, sections 10.2.3 and
/// 15, which has an unknown status taken as the first of its class; RFC 6585, section 4, for 429.
///
/// ```
/// use http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER};
/// use resilience_runtime::{Class, integration::http::classify};
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(classify(StatusCode::OK, &headers), None);
/// assert_eq!(classify(StatusCode::NOT_FOUND, &headers), Some(Class::Permanent));
/// assert_eq!(classify(StatusCode::BAD_GATEWAY, &headers), Some(Class::Transient));
///
/// headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
/// let hint = Class::Throttled { retry_after: Some(Duration::from_secs(2)) };
/// assert_eq!(classify(StatusCode::SERVICE_UNAVAILABLE, &headers), Some(hint));
/// ```
#[must_use]
pub fn classify(status: StatusCode, headers: &HeaderMap) -> Option<Class> {
    classify_hinted(status, retry_after(headers))
}

/// The same with a hint that was read before.
pub(super) fn classify_hinted(status: StatusCode, retry_after: Option<Duration>) -> Option<Class> {
    match status.as_u16() {
        ..400 => None,
        429 | 503 => Some(Class::Throttled { retry_after }),
        400..=407 | 409..=499 | 501 | 505..=508 | 510 | 511 => Some(Class::Permanent),
        _ => match retry_after {
            None => Some(Class::Transient),
            hint => Some(Class::Throttled { retry_after: hint }),
        },
    }
}

/// The time that `Retry-After` asks to wait, in either of its forms: seconds, or a date.
///
/// A date in the past is no wait. A header that is malformed, negative or there more than once says nothing: `None`.
/// A date is read against the system's clock, which may be set wrong; `retry_after_max` or a deadline bounds what
/// that can do.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header::RETRY_AFTER};
/// use resilience_runtime::integration::http::retry_after;
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// headers.insert(RETRY_AFTER, HeaderValue::from_static("120"));
/// assert_eq!(retry_after(&headers), Some(Duration::from_secs(120)));
///
/// headers.insert(RETRY_AFTER, HeaderValue::from_static("Fri, 31 Dec 1999 23:59:59 GMT"));
/// assert_eq!(retry_after(&headers), Some(Duration::ZERO));
///
/// headers.insert(RETRY_AFTER, HeaderValue::from_static("soon"));
/// assert_eq!(retry_after(&headers), None);
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let mut values = headers.get_all(RETRY_AFTER).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    parse(value.to_str().ok()?.trim())
}

fn parse(value: &str) -> Option<Duration> {
    // `u64::from_str` takes a leading plus, the header does not.
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return value.parse().ok().map(Duration::from_secs);
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(time::wall()).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use ::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn header(value: &[u8]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(RETRY_AFTER, value);
        }
        headers
    }

    #[test]
    fn statuses_are_split_by_whether_another_attempt_can_help() {
        let none = HeaderMap::new();
        for retryable in [408, 429, 500, 502, 503, 504] {
            let status = StatusCode::from_u16(retryable).unwrap();
            assert!(classify(status, &none).is_some_and(Class::is_retryable), "{status}");
        }
        for permanent in [400, 401, 403, 404, 409, 410, 422, 501, 505, 511] {
            let status = StatusCode::from_u16(permanent).unwrap();
            assert_eq!(classify(status, &none), Some(Class::Permanent), "{status}");
        }
        for fine in [100, 200, 204, 304] {
            assert_eq!(classify(StatusCode::from_u16(fine).unwrap(), &none), None);
        }
    }

    #[test]
    fn a_status_that_nobody_knows_is_the_first_of_its_class() {
        for (unknown, known) in [(499, 400), (509, 500), (520, 500), (599, 500), (600, 500), (999, 500)] {
            let class = |status| classify(StatusCode::from_u16(status).unwrap(), &header(b"3"));
            assert_eq!(class(unknown), class(known), "{unknown}");
        }
    }

    // H12
    #[test]
    fn a_hint_makes_any_retryable_status_throttled_and_no_other() {
        let hint = Some(Duration::from_secs(3));
        assert_eq!(
            classify(StatusCode::BAD_GATEWAY, &header(b"3")),
            Some(Class::Throttled { retry_after: hint })
        );
        assert_eq!(classify(StatusCode::NOT_FOUND, &header(b"3")), Some(Class::Permanent));
        assert_eq!(classify(StatusCode::OK, &header(b"3")), None);
    }

    #[test]
    fn a_date_is_the_time_until_then() {
        #[expect(clippy::disallowed_methods, reason = "the header's date is on the system's clock")]
        let date = SystemTime::now() + Duration::from_secs(60);
        let wait = retry_after(&header(httpdate::fmt_http_date(date).as_bytes())).unwrap();
        assert!((58..=60).contains(&wait.as_secs()), "{wait:?}");
    }

    // H12
    #[test]
    fn what_is_malformed_says_nothing() {
        for value in ["", "-1", "+1", "1.5", "1s", "99999999999999999999999", "Fri, 31 Foo 1999 23:59:59 GMT"]
        {
            assert_eq!(retry_after(&header(value.as_bytes())), None, "{value:?}");
        }
        let mut twice = header(b"1");
        twice.append(RETRY_AFTER, HeaderValue::from_static("2"));
        assert_eq!(retry_after(&twice), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(value in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = retry_after(&header(&value));
        }

        #[test]
        fn seconds_are_seconds(seconds in any::<u32>()) {
            let wait = retry_after(&header(seconds.to_string().as_bytes()));
            prop_assert_eq!(wait, Some(Duration::from_secs(seconds.into())));
        }
    }
}
