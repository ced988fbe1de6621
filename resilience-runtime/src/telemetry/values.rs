//! The closed sets of values in spans.

use crate::outcome::Class;

/// OpenTelemetry's word for a value that is none of the known ones: the `error.type` of a failure that is no error, and in
/// metrics what is beyond their bounds.
pub(crate) const OTHER: &str = "_OTHER";

/// Why an attempt was made: `reliability.attempt.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptKind {
    Original,
    Retry,
    /// An extra attempt beside one that is slow or has failed.
    Hedge,
    /// A trial call of a half-open breaker.
    Probe,
}

impl AttemptKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Retry => "retry",
            Self::Hedge => "hedge",
            Self::Probe => "probe",
        }
    }
}

/// How an attempt ended: `reliability.attempt.outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    Success,
    RetryableError,
    PermanentError,
    IgnoredError,
    Timeout,
    Cancelled,
    Panicked,
}

impl AttemptOutcome {
    /// The outcome of an attempt whose answer is of that class.
    pub(crate) const fn of(class: Class) -> Self {
        match class {
            Class::Transient | Class::Throttled { .. } => Self::RetryableError,
            Class::Permanent => Self::PermanentError,
            Class::Ignored => Self::IgnoredError,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::RetryableError => "retryable_error",
            Self::PermanentError => "permanent_error",
            Self::IgnoredError => "ignored_error",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
        }
    }
}

/// How a call ended for its caller: `reliability.outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallOutcome {
    Success,
    /// The function's own error, or a value that counts as a failure.
    Error,
    Timeout,
    /// Refused by a policy.
    Rejected,
    /// Answered by the fallback.
    Fallback,
    /// Answered by the cache, without an attempt.
    #[cfg(feature = "cache")]
    Cached,
    /// Answered with the result of another call.
    Coalesced,
    /// Failed, and answered by the cache all the same.
    #[cfg(feature = "cache")]
    Stale,
    Cancelled,
    Panicked,
}

impl CallOutcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Rejected => "rejected",
            Self::Fallback => "fallback",
            #[cfg(feature = "cache")]
            Self::Cached => "cached",
            Self::Coalesced => "coalesced",
            #[cfg(feature = "cache")]
            Self::Stale => "stale",
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
        }
    }
}

/// What a call waits for: `reliability.queue.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueueKind {
    RateLimit,
    Bulkhead,
}

impl QueueKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::RateLimit => "rate_limit",
            Self::Bulkhead => "bulkhead",
        }
    }
}

/// How a wait for a limit ended: `reliability.queue.outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueueOutcome {
    Admitted,
    Rejected,
    Cancelled,
}

impl QueueOutcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }
}
