//! Why things happened: what an [`Event`](super::Event) says besides who and how much.

use core::fmt;

/// Why no further attempt was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// `max` attempts were made; one that a limit refused is one of them.
    Exhausted,
    /// The outcome's class is [`Permanent`](crate::Class::Permanent), which is not retried.
    PermanentError,
    /// The outcome's class is [`Ignored`](crate::Class::Ignored), which is not retried.
    IgnoredError,
    /// The deadline has passed, or would pass during the next wait.
    Deadline,
    /// The breaker is open and will still be when the next wait is over, or it refused the last attempt.
    BreakerOpen,
    /// A `retry_after` asks for a longer wait than `retry_after_max`.
    RetryAfter,
    /// The retry budget is spent.
    Budget,
    /// The throttle sheds calls.
    Throttled,
    /// A caller in another process tries again: see `propagation`.
    CallerRetries,
    /// The call was dropped.
    Cancelled,
}

impl StopReason {
    /// The value of `reliability.retry.stop_reason`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::PermanentError => "permanent_error",
            Self::IgnoredError => "ignored_error",
            Self::Deadline => "deadline",
            Self::BreakerOpen => "breaker_open",
            Self::RetryAfter => "retry_after",
            Self::Budget => "budget",
            Self::Throttled => "throttled",
            Self::CallerRetries => "caller_retries",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Who chose the delay before a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DelaySource {
    /// The backoff, or a limit of this function that admits only later.
    Policy,
    /// The dependency, by a `retry_after`.
    ServerHint,
}

impl DelaySource {
    /// The value of `reliability.retry.delay_source`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::ServerHint => "server_hint",
        }
    }
}

/// Which limit ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutScope {
    /// `timeout`, of one attempt.
    Attempt,
    /// `deadline`, of the whole call.
    Call,
}

impl TimeoutScope {
    /// The value of `reliability.timeout.scope`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attempt => "attempt",
            Self::Call => "call",
        }
    }
}

/// Why a breaker changed its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransitionReason {
    /// `failure_rate` was reached.
    FailureRate,
    /// `slow_rate` was reached.
    SlowCallRate,
    /// `failures` in the window.
    FailureCount,
    /// `consecutive` failures in a row.
    ConsecutiveFailures,
    /// `open_for` is over.
    OpenPeriodElapsed,
    /// Enough probes succeeded.
    ProbesSucceeded,
    /// So many probes failed that enough successes are out of reach.
    ProbesFailed,
    /// `trip`, `reset`, `isolate`, `disable` or `observe_only` was called.
    Manual,
}

impl TransitionReason {
    /// The value of `reliability.circuit_breaker.reason`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailureRate => "failure_rate",
            Self::SlowCallRate => "slow_call_rate",
            Self::FailureCount => "failure_count",
            Self::ConsecutiveFailures => "consecutive_failures",
            Self::OpenPeriodElapsed => "open_period_elapsed",
            Self::ProbesSucceeded => "probes_succeeded",
            Self::ProbesFailed => "probes_failed",
            Self::Manual => "manual",
        }
    }
}

impl fmt::Display for TransitionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What `chaos` injects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A wait in front of the body.
    Latency,
    /// An error in the place of the body.
    Error,
    /// A panic in the place of the body.
    Panic,
}

impl Fault {
    /// The value of `reliability.chaos.fault`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Error => "error",
            Self::Panic => "panic",
        }
    }
}

/// Why what a header of a caller says was ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeaderFault {
    /// It does not have the form that it should have.
    Malformed,
    /// No caller means such a value.
    Absurd,
    /// It is there more than once.
    Repeated,
}

impl HeaderFault {
    #[cfg(feature = "propagation")]
    pub(crate) const ALL: [Self; 3] = [Self::Malformed, Self::Absurd, Self::Repeated];

    /// The value of `reliability.propagation.reason`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Absurd => "absurd",
            Self::Repeated => "repeated",
        }
    }
}
