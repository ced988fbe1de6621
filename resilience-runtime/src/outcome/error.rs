//! Why a call was refused or cut short, by the policies and not by the function's body.

use core::error::Error as StdError;
use core::fmt;
use core::time::Duration;
use std::io;

use crate::outcome::{Class, Classify};
use crate::text::Text;
use crate::time::nanos;

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
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rejected {
    name: &'static str,
    /// The kind in the lowest bits, and above them nanoseconds: see [`duration`](Self::duration).
    ///
    /// In one number, since it is moved several times on its way to the user's error: whatever is written in small pieces
    /// and copied in larger ones makes the processor wait at each move for longer than the refusal takes.
    what: u64,
}

const KIND_BITS: u32 = 3;

/// The longest time that fits, 73 years, stands for one without an end.
const LASTING: u64 = u64::MAX >> KIND_BITS;

impl Rejected {
    const fn new(kind: RejectedKind, name: &'static str, nanos: u64) -> Self {
        let nanos = match nanos {
            u64::MAX => LASTING,
            LASTING.. => LASTING - 1,
            _ => nanos,
        };
        Self { name, what: nanos << KIND_BITS | kind as u64 }
    }

    /// A refusal by the breaker of that name, open for another `remaining`; [`Duration::MAX`] when time does not close it.
    pub(crate) const fn breaker_open(name: &'static str, remaining: Duration) -> Self {
        Self::breaker_open_for_nanos(name, nanos(remaining))
    }

    /// The same in nanoseconds, of which [`u64::MAX`] does not end.
    #[inline]
    pub(crate) const fn breaker_open_for_nanos(name: &'static str, remaining: u64) -> Self {
        Self::new(RejectedKind::BreakerOpen, name, remaining)
    }

    /// A refusal by the rate limiter of that name, which admits again after `retry_after`.
    pub(crate) const fn rate_limited(name: &'static str, retry_after: Duration) -> Self {
        Self::new(RejectedKind::RateLimited, name, nanos(retry_after))
    }

    /// A refusal by the bulkhead of that name, after `waited` in its queue.
    pub(crate) const fn bulkhead_full(name: &'static str, waited: Duration) -> Self {
        Self::new(RejectedKind::BulkheadFull, name, nanos(waited))
    }

    /// A refusal by the throttle of that name.
    pub(crate) const fn throttled(name: &'static str) -> Self {
        Self::new(RejectedKind::Throttled, name, 0)
    }

    /// An attempt of `operation` that exceeded `limit`.
    pub(crate) const fn timeout(operation: &'static str, limit: Duration) -> Self {
        Self::new(RejectedKind::Timeout, operation, nanos(limit))
    }

    /// A call of `operation` that exceeded `limit`, or with a zero limit an inherited deadline.
    pub(crate) const fn deadline(operation: &'static str, limit: Duration) -> Self {
        Self::new(RejectedKind::Deadline, operation, nanos(limit))
    }

    /// Which policy it was.
    #[inline]
    #[must_use]
    pub const fn kind(&self) -> RejectedKind {
        match self.what & !(u64::MAX << KIND_BITS) {
            0 => RejectedKind::BreakerOpen,
            1 => RejectedKind::RateLimited,
            2 => RejectedKind::BulkheadFull,
            3 => RejectedKind::Throttled,
            4 => RejectedKind::Timeout,
            _ => RejectedKind::Deadline,
        }
    }

    /// The name of the breaker, rate limiter, bulkhead or throttle that refused, or of the operation whose limit on time
    /// ran out.
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
        match self.kind() {
            RejectedKind::BreakerOpen | RejectedKind::RateLimited if !self.is_lasting() => {
                Some(self.duration())
            }
            _ => None,
        }
    }

    /// The limit that was exceeded, zero for a deadline that was inherited from an outer call; of a breaker and a rate
    /// limiter how long they go on refusing, and of a bulkhead how long the call was queued.
    pub(crate) const fn duration(&self) -> Duration {
        Duration::from_nanos(self.what >> KIND_BITS)
    }

    /// What the span of an attempt that was cut off says: it is known there which attempt, and of what.
    pub(crate) fn of_attempt(&self) -> String {
        let limit = self.duration();
        match self.kind() {
            RejectedKind::Deadline if limit.is_zero() => {
                "ran into the deadline of the call around it".to_owned()
            }
            RejectedKind::Deadline => format!("ran into the deadline of {limit:?}"),
            _ => format!("took longer than {limit:?}"),
        }
    }

    /// Whether the time is the one that stands for a breaker which no time closes.
    const fn is_lasting(&self) -> bool {
        self.what >> KIND_BITS == LASTING
    }

    /// The `error.type` of telemetry.
    pub(crate) const fn as_error_type(&self) -> &'static str {
        self.kind().as_error_type()
    }
}

impl RejectedKind {
    /// The `error.type` of telemetry.
    pub(crate) const fn as_error_type(self) -> &'static str {
        match self {
            Self::BreakerOpen => "circuit_breaker_open",
            Self::RateLimited => "rate_limited",
            Self::BulkheadFull => "bulkhead_full",
            Self::Throttled => "throttled",
            Self::Timeout | Self::Deadline => "timeout",
        }
    }
}

#[expect(clippy::missing_fields_in_debug, reason = "`what` is shown as its parts")]
impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected")
            .field("kind", &self.kind())
            .field("name", &self.name)
            .field("duration", &if self.is_lasting() { Duration::MAX } else { self.duration() })
            .finish()
    }
}

/// A time that was measured or is left, without the nanoseconds that nobody reads.
fn brief(time: Duration) -> Text {
    Text::new().duration(time)
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, duration) = (self.name, self.duration());
        match self.kind() {
            RejectedKind::BreakerOpen if self.is_lasting() => {
                write!(f, "circuit breaker `{name}` is isolated")
            }
            RejectedKind::BreakerOpen => {
                write!(f, "circuit breaker `{name}` is open; retry after {}", brief(duration).as_str())
            }
            RejectedKind::RateLimited => {
                write!(f, "rate limiter `{name}` has no call left; retry after {}", brief(duration).as_str())
            }
            RejectedKind::BulkheadFull if duration.is_zero() => write!(f, "bulkhead `{name}` is full"),
            RejectedKind::BulkheadFull => {
                write!(f, "bulkhead `{name}` is full, still after {}", brief(duration).as_str())
            }
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
        match self.kind() {
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
        let kind = match rejected.kind() {
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

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_refusal_says_what_it_was_made_of() {
        use RejectedKind::*;

        let all = [
            (Rejected::breaker_open("n", MS), BreakerOpen, Some(MS)),
            (Rejected::breaker_open("n", Duration::ZERO), BreakerOpen, Some(Duration::ZERO)),
            (Rejected::breaker_open("n", Duration::MAX), BreakerOpen, None),
            (Rejected::rate_limited("n", MS), RateLimited, Some(MS)),
            (Rejected::bulkhead_full("n", MS), BulkheadFull, None),
            (Rejected::throttled("n"), Throttled, None),
            (Rejected::timeout("n", MS), Timeout, None),
            (Rejected::deadline("n", MS), Deadline, None),
        ];
        for (rejected, kind, retry_after) in all {
            let said = (rejected.kind(), rejected.name(), rejected.retry_after());
            assert_eq!(said, (kind, "n", retry_after));
        }
        assert_eq!(Rejected::timeout("n", MS).duration(), MS);
        let debug = format!("{:?}", Rejected::breaker_open("n", Duration::MAX));
        assert_eq!(
            debug,
            format!("Rejected {{ kind: BreakerOpen, name: \"n\", duration: {:?} }}", Duration::MAX)
        );
    }

    #[test]
    fn a_refusal_says_times_without_nanoseconds() {
        let left = Duration::from_nanos(29_659_575_191);
        let says = Rejected::rate_limited("n", left).to_string();
        assert_eq!(says, "rate limiter `n` has no call left; retry after 29.659s");
        let says = Rejected::breaker_open("n", left).to_string();
        assert_eq!(says, "circuit breaker `n` is open; retry after 29.659s");
        let says = Rejected::bulkhead_full("n", left).to_string();
        assert_eq!(says, "bulkhead `n` is full, still after 29.659s");
    }

    #[test]
    fn a_long_time_is_not_for_ever() {
        let (year, century) = (Duration::from_secs(365 * 86_400), Duration::from_secs(100 * 365 * 86_400));
        assert_eq!(Rejected::breaker_open("n", 70 * year).retry_after(), Some(70 * year));
        let waits = Rejected::breaker_open("n", century).retry_after();
        assert!(waits.is_some_and(|wait| (73 * year..century).contains(&wait)), "{waits:?}");
    }

    // As many words as can be moved without being put together.
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn a_refusal_is_three_words_and_so_is_a_result_of_nothing() {
        assert_eq!((size_of::<Rejected>(), size_of::<Result<(), Rejected>>()), (24, 24));
    }
}
