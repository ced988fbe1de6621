//! What the running attempt tells the service that it calls.

use ::http::{HeaderMap, HeaderValue};
use tracing::Span;

use super::headers::{ATTEMPT, ATTEMPTS_LEFT, LONGEST, MOST_ATTEMPTS, TIMEOUT};
use super::{inherited, trace};
use crate::current::current;
use crate::telemetry::names;

/// The headers by which the service that is called knows this attempt.
///
/// To be asked for in the body, where the request is made: headers made before the call name no attempt of it.
///
/// | header | says | where |
/// |---|---|---|
/// | `traceparent`, `tracestate`, `baggage` | which span is the parent: the attempt's, not the call's | with the feature `otel`, as far as the global propagator writes them |
/// | `resilience-timeout-ms` | the time left until the deadline, in whole milliseconds, rounded up; at most a day | where there is a deadline, own or inherited |
/// | `resilience-attempt` | which attempt it is, from 1 | in an annotated function |
/// | `resilience-attempts-left` | how many more may follow, by this call, one around it, or its caller | in an annotated function, and in the scope of a caller that may try again |
///
/// Which span is the current one is known to OpenTelemetry where `tracing-opentelemetry` is installed, as it does by
/// itself. The middleware for reqwest and the interceptor for tonic, in `integration`, add them by
/// themselves.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::{Rejected, current_headers, resilient};
///
/// #[resilient(retry = "fixed", max = 3, deadline = "2s")]
/// async fn ask() -> Result<http::HeaderMap, Box<dyn std::error::Error + Send + Sync>> {
///     // .. client.get(url).headers(current_headers()).send().await ..
///     Ok(current_headers())
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let sent = ask().await.unwrap();
/// assert_eq!(sent["resilience-attempt"], "1");
/// assert_eq!(sent["resilience-attempts-left"], "2");
/// let timeout: u64 = sent["resilience-timeout-ms"].to_str().unwrap().parse().unwrap();
/// assert!(timeout <= 2000);
/// # });
/// ```
#[must_use]
pub fn current_headers() -> HeaderMap {
    let mut headers = attempt_headers();
    if let Some(remaining) = current().remaining() {
        let millis = remaining.min(LONGEST).as_nanos().div_ceil(1_000_000);
        headers.insert(TIMEOUT, HeaderValue::from(u64::try_from(millis).unwrap_or_default()));
    }
    headers
}

/// All but the time, which protocols say in their own ways.
pub(crate) fn attempt_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    trace::inject(&mut headers);
    let (attempt, left) = (current().attempt(), inherited::attempts_left());
    if attempt > 0 {
        headers.insert(ATTEMPT, HeaderValue::from(attempt.min(MOST_ATTEMPTS)));
    }
    if attempt > 0 || left > 0 {
        headers.insert(ATTEMPTS_LEFT, HeaderValue::from(left.min(MOST_ATTEMPTS)));
    }
    headers
}

/// The value of `grpc-timeout`, rounded up as the other; `None` when no time is left, which it cannot say.
#[cfg(any(feature = "tonic", test))]
pub(crate) fn grpc_timeout(remaining: core::time::Duration) -> Option<String> {
    let micros = remaining.min(LONGEST).as_nanos().div_ceil(1000);
    match micros {
        0 => None,
        // Eight digits are all there is room for.
        1..100_000_000 => Some(format!("{micros}u")),
        _ => Some(format!("{}m", micros.div_ceil(1000))),
    }
}

/// Says on the attempt's span that this is another time the same request is sent: `http.request.resend_count`.
///
/// For clients of HTTP that have no middleware here, when they send a request; nothing in a first attempt, or where the
/// current span is not the attempt's own.
pub fn record_resend() {
    let attempt = current().attempt();
    if attempt > 1 {
        Span::current().record(names::RESEND_COUNT, i64::from(attempt) - 1);
    }
}

/// Says on the attempt's span which server is asked: `server.address`, and `server.port` where it is known.
///
/// For clients that have no middleware here, when they send a request; nothing outside of an annotated function, or where
/// the current span is not the attempt's own. The name as it stands in the address of the request, and not what it is
/// resolved to.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::propagation::{record_resend, record_server};
/// use resilience_runtime::resilient;
///
/// #[resilient(retry = "fixed", max = 3)]
/// async fn ask() -> std::io::Result<()> {
///     record_resend();
///     record_server("stock.internal", Some(8080));
///     // .. client.get("http://stock.internal:8080/17").headers(current_headers()) ..
///     Ok(())
/// }
/// # let _ = ask;
/// ```
pub fn record_server(address: &str, port: Option<u16>) {
    if current().attempt() > 0 {
        let span = Span::current();
        span.record(names::SERVER_ADDRESS, address);
        if let Some(port) = port {
            span.record(names::SERVER_PORT, i64::from(port));
        }
    }
}
