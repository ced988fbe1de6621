//! Why a call was refused or cut short, by the policies and not by the function's body.

use core::error::Error as StdError;
use core::fmt;
use core::time::Duration;
use std::io;

use crate::outcome::{Class, Classify};

/// Which policy refused a call or cut it short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectedKind {
    /// The circuit breaker is open, or half-open with all its probes taken: the body did not run.
    BreakerOpen,
    /// The rate limiter has no call left for now: the body did not run.
    RateLimited,
    /// The bulkhead and its queue are full: the body did not run.
    BulkheadFull,
    /// The throttle sheds calls, since too many of the latest failed: the body did not run.
    Throttled,
    /// The attempt took longer than its `timeout`; its future was dropped.
    Timeout,
    /// The whole call took longer than its `deadline`; the running attempt was dropped.
    Deadline,
}

/// A policy's refusal: what the function's error type is made from when the body did not get to answer.
///
/// The function's error type needs `From<Rejected>`; `map_rejected = path` on the attribute, or the wrapper
/// [`Error`], stand in for it. `std::io::Error` and boxed errors have it.
///
/// ```
/// use resilience_runtime::{Rejected, RejectedKind};
///
/// fn status(rejected: &Rejected) -> u16 {
///     match rejected.kind() {
///         RejectedKind::BreakerOpen => 503,
///         _ => 504,
///     }
/// }
/// # let _ = status;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected {
    kind: RejectedKind,
    name: &'static str,
    /// The remaining open time of a breaker; the limit that was exceeded otherwise.
    duration: Duration,
}

impl Rejected {
    /// A refusal by the breaker of that name, open for another `remaining`; [`Duration::MAX`] when time does not close it.
    pub(crate) const fn breaker_open(name: &'static str, remaining: Duration) -> Self {
        Self { kind: RejectedKind::BreakerOpen, name, duration: remaining }
    }

    /// A refusal by the rate limiter of that name, which admits again after `retry_after`.
    pub(crate) const fn rate_limited(name: &'static str, retry_after: Duration) -> Self {
        Self { kind: RejectedKind::RateLimited, name, duration: retry_after }
    }

    /// A refusal by the bulkhead of that name, after `waited` in its queue.
    pub(crate) const fn bulkhead_full(name: &'static str, waited: Duration) -> Self {
        Self { kind: RejectedKind::BulkheadFull, name, duration: waited }
    }

    /// A refusal by the throttle of that name.
    pub(crate) const fn throttled(name: &'static str) -> Self {
        Self { kind: RejectedKind::Throttled, name, duration: Duration::ZERO }
    }

    /// An attempt of `operation` that exceeded `limit`.
    pub(crate) const fn timeout(operation: &'static str, limit: Duration) -> Self {
        Self { kind: RejectedKind::Timeout, name: operation, duration: limit }
    }

    /// A call of `operation` that exceeded `limit`, or with a zero limit an inherited deadline.
    pub(crate) const fn deadline(operation: &'static str, limit: Duration) -> Self {
        Self { kind: RejectedKind::Deadline, name: operation, duration: limit }
    }

    /// Which policy it was.
    #[must_use]
    pub const fn kind(&self) -> RejectedKind {
        self.kind
    }

    /// The name of the breaker, or of the operation whose limit was exceeded.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How long to wait before another call can be admitted; `None` where time alone does not help.
    ///
    /// For a breaker it is the remaining open time, and zero when the probes of a half-open one are taken; `None` for
    /// one that is isolated.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self.kind {
            RejectedKind::BreakerOpen | RejectedKind::RateLimited if !self.is_lasting() => {
                Some(self.duration)
            }
            _ => None,
        }
    }

    /// The limit that was exceeded; zero for a deadline that was inherited from an outer call.
    pub(crate) const fn limit(&self) -> Duration {
        self.duration
    }

    /// What the span of an attempt that was cut off says: it is known there which attempt, and of what.
    pub(crate) fn of_attempt(&self) -> String {
        let limit = self.duration;
        match self.kind {
            RejectedKind::Deadline if limit.is_zero() => {
                "ran into the deadline of the call around it".to_owned()
            }
            RejectedKind::Deadline => format!("ran into the deadline of {limit:?}"),
            _ => format!("took longer than {limit:?}"),
        }
    }

    /// Whether the duration is the one that stands for a breaker which no time closes.
    const fn is_lasting(&self) -> bool {
        self.duration.as_nanos() == Duration::MAX.as_nanos()
    }

    /// The `error.type` of telemetry.
    pub(crate) const fn as_error_type(&self) -> &'static str {
        match self.kind {
            RejectedKind::BreakerOpen => "circuit_breaker_open",
            RejectedKind::RateLimited => "rate_limited",
            RejectedKind::BulkheadFull => "bulkhead_full",
            RejectedKind::Throttled => "throttled",
            RejectedKind::Timeout | RejectedKind::Deadline => "timeout",
        }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, duration } = self;
        match kind {
            RejectedKind::BreakerOpen if self.is_lasting() => {
                write!(f, "circuit breaker `{name}` is isolated")
            }
            RejectedKind::BreakerOpen => {
                write!(f, "circuit breaker `{name}` is open; retry after {duration:?}")
            }
            RejectedKind::RateLimited => {
                write!(f, "rate limiter `{name}` has no call left; retry after {duration:?}")
            }
            RejectedKind::BulkheadFull if duration.is_zero() => write!(f, "bulkhead `{name}` is full"),
            RejectedKind::BulkheadFull => write!(f, "bulkhead `{name}` is full, still after {duration:?}"),
            RejectedKind::Throttled => write!(f, "throttle `{name}` sheds this call"),
            RejectedKind::Timeout => write!(f, "an attempt of `{name}` timed out after {duration:?}"),
            RejectedKind::Deadline if duration.is_zero() => {
                write!(f, "`{name}` ran into the deadline of the call around it")
            }
            RejectedKind::Deadline => write!(f, "`{name}` exceeded its deadline of {duration:?}"),
        }
    }
}

impl StdError for Rejected {}

/// Seen from an outer call, a refusal by an inner policy is final: the inner one has already retried what
/// was worth it. Only an attempt that timed out is worth another.
#[diagnostic::do_not_recommend]
impl Classify for Rejected {
    fn classify(&self) -> Class {
        match self.kind {
            RejectedKind::Timeout => Class::Transient,
            _ => Class::Ignored,
        }
    }

    fn error_type(&self) -> &'static str {
        self.as_error_type()
    }
}

impl From<Rejected> for io::Error {
    fn from(rejected: Rejected) -> Self {
        let kind = match rejected.kind {
            RejectedKind::BreakerOpen
            | RejectedKind::RateLimited
            | RejectedKind::BulkheadFull
            | RejectedKind::Throttled => io::ErrorKind::ResourceBusy,
            RejectedKind::Timeout | RejectedKind::Deadline => io::ErrorKind::TimedOut,
        };
        Self::new(kind, rejected)
    }
}

/// An error type for functions whose own error cannot carry a [`Rejected`].
///
/// `?` turns the function's own error into it; the attribute turns a refusal into it.
///
/// ```
/// use resilience_runtime::Error;
///
/// fn parse(text: &str) -> Result<u32, Error<std::num::ParseIntError>> {
///     Ok(text.parse()?)
/// }
///
/// assert!(matches!(parse("7"), Ok(7)));
/// assert!(matches!(parse("seven"), Err(Error::Inner(_))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error<E> {
    /// A policy refused the call or cut it short.
    Rejected(Rejected),
    /// The function's own error.
    Inner(E),
}

impl<E> Error<E> {
    /// The function's own error, if it is one.
    pub fn into_inner(self) -> Option<E> {
        match self {
            Self::Inner(error) => Some(error),
            Self::Rejected(_) => None,
        }
    }

    /// The refusal, if it is one.
    pub const fn rejected(&self) -> Option<&Rejected> {
        match self {
            Self::Rejected(rejected) => Some(rejected),
            Self::Inner(_) => None,
        }
    }
}

impl<E> From<E> for Error<E> {
    fn from(error: E) -> Self {
        Self::Inner(error)
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejected) => rejected.fmt(f),
            Self::Inner(error) => error.fmt(f),
        }
    }
}

impl<E: StdError + 'static> StdError for Error<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Rejected(rejected) => Some(rejected),
            Self::Inner(error) => Some(error),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<E: Classify> Classify for Error<E> {
    fn classify(&self) -> Class {
        match self {
            Self::Rejected(rejected) => rejected.classify(),
            Self::Inner(error) => error.classify(),
        }
    }

    fn error_type(&self) -> &'static str {
        match self {
            Self::Rejected(rejected) => rejected.error_type(),
            Self::Inner(error) => error.error_type(),
        }
    }
}
