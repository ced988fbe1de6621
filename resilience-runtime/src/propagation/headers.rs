//! The headers, and what may stand in them. They come from outside: what is wrong is ignored, counted and told.

use core::time::Duration;
use std::sync::atomic::{AtomicU64, Ordering};

use ::http::{HeaderMap, HeaderName};

use crate::event::{self, Event, HeaderFault};

/// For how long the caller still waits, in whole milliseconds. Rounded up: a server that gave up before its caller would
/// look to it like one that fails.
///
/// Not `x-envoy-expected-rq-timeout-ms`, which means the same: Envoy removes `x-envoy-` headers that come from outside of
/// the mesh, and writes its own route's in their place.
pub const TIMEOUT: HeaderName = HeaderName::from_static("resilience-timeout-ms");

/// Which attempt of its call a request is, from 1. Not `x-envoy-attempt-count`, for the same reason: what the proxy
/// counts is its own attempts.
pub const ATTEMPT: HeaderName = HeaderName::from_static("resilience-attempt");

/// How many attempts may follow this one, by the call itself or by one around it. While it is not zero, a server need
/// not try again.
pub const ATTEMPTS_LEFT: HeaderName = HeaderName::from_static("resilience-attempts-left");

/// The same as [`TIMEOUT`] in gRPC, whose servers and proxies know it: at most eight digits and a unit.
pub const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// No caller waits for longer: what says so is a mistake, or no deadline at all.
pub(super) const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// No call has more attempts.
pub(super) const MOST_ATTEMPTS: u32 = 10_000;

/// Which header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    TraceParent,
    Timeout,
    GrpcTimeout,
    Attempt,
    AttemptsLeft,
}

impl Header {
    pub(crate) const ALL: [Self; 5] =
        [Self::TraceParent, Self::Timeout, Self::GrpcTimeout, Self::Attempt, Self::AttemptsLeft];

    /// Its name, and the value of `reliability.propagation.header`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::TraceParent => "traceparent",
            Self::Timeout => "resilience-timeout-ms",
            Self::GrpcTimeout => "grpc-timeout",
            Self::Attempt => "resilience-attempt",
            Self::AttemptsLeft => "resilience-attempts-left",
        }
    }

    const fn name(self) -> HeaderName {
        match self {
            Self::TraceParent => TRACE_PARENT,
            Self::Timeout => TIMEOUT,
            Self::GrpcTimeout => GRPC_TIMEOUT,
            Self::Attempt => ATTEMPT,
            Self::AttemptsLeft => ATTEMPTS_LEFT,
        }
    }
}

/// How often each header was ignored, for each reason. Relaxed: figures that nothing else depends on.
static REJECTED: [[AtomicU64; HeaderFault::ALL.len()]; Header::ALL.len()] =
    [const { [const { AtomicU64::new(0) }; HeaderFault::ALL.len()] }; Header::ALL.len()];

pub(crate) fn rejected(header: Header, fault: HeaderFault) -> u64 {
    REJECTED[header as usize][fault as usize].load(Ordering::Relaxed)
}

/// How many headers were ignored since the process began: see [`rejected_headers`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedHeaders {
    /// No number, no unit, or no `traceparent` of the form that W3C gave it.
    pub malformed: u64,
    /// Well-formed, and longer than a day or more than ten thousand attempts.
    pub absurd: u64,
    /// There more than once.
    pub repeated: u64,
}

/// How many headers of callers were ignored since the process began.
///
/// The metric `reliability.propagation.rejected_headers` says which they were.
#[must_use]
pub fn rejected_headers() -> RejectedHeaders {
    let sum = |fault| Header::ALL.into_iter().map(|header| rejected(header, fault)).sum();
    RejectedHeaders {
        malformed: sum(HeaderFault::Malformed),
        absurd: sum(HeaderFault::Absurd),
        repeated: sum(HeaderFault::Repeated),
    }
}

/// What `headers` say, as far as it can be believed: the time, the attempt, and how many may follow.
pub(super) fn read(headers: &HeaderMap) -> (Option<Duration>, Option<u32>, u32) {
    let timeout = value(headers, Header::Timeout, millis);
    let grpc = value(headers, Header::GrpcTimeout, grpc_timeout);
    let attempt = value(headers, Header::Attempt, |text| match attempts(text)? {
        0 => Err(HeaderFault::Absurd),
        number => Ok(number),
    });
    let left = value(headers, Header::AttemptsLeft, attempts);
    (timeout.into_iter().chain(grpc).min(), attempt, left.unwrap_or_default())
}

/// Whether `traceparent` can be believed, as one that is not there can; counts it otherwise. What it says is the
/// propagator's to read.
pub(super) fn check_trace(headers: &HeaderMap) -> bool {
    !headers.contains_key(TRACE_PARENT) || value(headers, Header::TraceParent, trace_parent).is_some()
}

fn value<T>(
    headers: &HeaderMap,
    header: Header,
    parse: impl FnOnce(&[u8]) -> Result<T, HeaderFault>,
) -> Option<T> {
    let mut values = headers.get_all(header.name()).iter();
    let value = values.next()?;
    let parsed = if values.next().is_some() { Err(HeaderFault::Repeated) } else { parse(value.as_bytes()) };
    parsed.inspect_err(|fault| reject(header, *fault)).ok()
}

#[cold]
fn reject(header: Header, fault: HeaderFault) {
    REJECTED[header as usize][fault as usize].fetch_add(1, Ordering::Relaxed);
    event::tell(&Event::HeaderRejected { header: header.as_str(), fault });
}

/// Digits alone; more than fit are too many.
fn number(text: &[u8]) -> Result<u64, HeaderFault> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(HeaderFault::Malformed);
    }
    let digit = |number: u64, digit: &u8| number.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
    text.iter().try_fold(0, digit).ok_or(HeaderFault::Absurd)
}

fn attempts(text: &[u8]) -> Result<u32, HeaderFault> {
    let number = u32::try_from(number(text)?).ok().filter(|number| *number <= MOST_ATTEMPTS);
    number.ok_or(HeaderFault::Absurd)
}

fn millis(text: &[u8]) -> Result<Duration, HeaderFault> {
    believable(Duration::from_millis(number(text)?))
}

/// The time that a `grpc-timeout` gives.
#[cfg(feature = "tonic")]
pub(crate) fn read_grpc_timeout(text: &[u8]) -> Option<Duration> {
    grpc_timeout(text).ok()
}

fn grpc_timeout(text: &[u8]) -> Result<Duration, HeaderFault> {
    let Some((unit, digits)) = text.split_last().filter(|(_, digits)| digits.len() <= 8) else {
        return Err(HeaderFault::Malformed);
    };
    let number = number(digits)?;
    believable(match unit {
        b'H' => Duration::from_secs(number * 3600),
        b'M' => Duration::from_secs(number * 60),
        b'S' => Duration::from_secs(number),
        b'm' => Duration::from_millis(number),
        b'u' => Duration::from_micros(number),
        b'n' => Duration::from_nanos(number),
        _ => return Err(HeaderFault::Malformed),
    })
}

fn believable(timeout: Duration) -> Result<Duration, HeaderFault> {
    if timeout > LONGEST { Err(HeaderFault::Absurd) } else { Ok(timeout) }
}

/// Version, trace, parent and flags, as the W3C recommendation "Trace Context" says; of later versions, the same in
/// front of what they add.
fn trace_parent(text: &[u8]) -> Result<(), HeaderFault> {
    let is_hex = |part: &[u8]| part.iter().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    let is_id = |part: &[u8]| is_hex(part) && part.iter().any(|it| *it != b'0');
    let Some((known, more)) = text.split_at_checked(55) else { return Err(HeaderFault::Malformed) };
    let (version, trace, parent, flags) = (&known[..2], &known[3..35], &known[36..52], &known[53..]);
    let is_split = [2, 35, 52].into_iter().all(|dash| known[dash] == b'-');
    let is_version = is_hex(version) && version != b"ff";
    let is_end = more.is_empty() || (version != b"00" && more[0] == b'-');
    if is_split && is_version && is_id(trace) && is_id(parent) && is_hex(flags) && is_end {
        Ok(())
    } else {
        Err(HeaderFault::Malformed)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
