//! How a breaker is doing: its state, its mode, its figures.

use core::time::Duration;

/// What a breaker does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Lets calls through.
    Closed,
    /// Refuses calls.
    Open,
    /// Lets a few calls through, to see whether the dependency is back.
    HalfOpen,
}

impl State {
    /// The value of `reliability.circuit_breaker.state` and `.previous_state`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// Whether a breaker works by its rules, or an operator's command holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Works by its rules.
    Normal,
    /// Refuses every call.
    Isolated,
    /// Lets every call through and counts none.
    Disabled,
    /// Lets every call through, counts them, and only tells when it would have opened.
    ObserveOnly,
}

impl Mode {
    /// The mode in one lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Isolated => "isolated",
            Self::Disabled => "disabled",
            Self::ObserveOnly => "observe_only",
        }
    }
}

/// How a breaker is doing, at one moment.
///
/// `calls`, `failures` and `slow_calls` are those that the state is judged by: of a closed breaker the calls in the
/// window, or, where `consecutive` is the only rule, the present run of failures; of a half-open one the probes that have
/// ended; of an open one the calls that opened it.
///
/// ```
/// use resilience_runtime::{Breaker, BreakerConfig, State};
///
/// let breaker = Breaker::new("db", BreakerConfig::new().failure_rate(0.5).min_calls(4));
/// for _ in 0..3 {
///     breaker.try_acquire().expect("closed").failure();
/// }
/// let snapshot = breaker.snapshot();
/// assert_eq!((snapshot.state, snapshot.calls, snapshot.failures), (State::Closed, 3, 3));
/// assert_eq!(snapshot.failure_rate, None); // too few calls to tell
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// What the breaker does with calls.
    pub state: State,
    /// Whether an operator's command holds.
    pub mode: Mode,
    /// Calls that ended, ignored ones excepted.
    pub calls: u64,
    /// Calls that failed.
    pub failures: u64,
    /// Calls that took longer than `slow_call`, failed or not.
    pub slow_calls: u64,
    /// The share of failures; unknown below `min_calls`.
    pub failure_rate: Option<f64>,
    /// The share of slow calls; unknown below `min_calls`.
    pub slow_rate: Option<f64>,
    /// Failures in a row, up to now, while closed.
    pub consecutive_failures: u32,
    /// Calls that were refused, since the breaker was made or reset.
    pub rejections: u64,
    /// How long it stays open; zero when it is not, [`Duration::MAX`] when it is isolated.
    pub open_remaining: Duration,
    /// How often it opened, since it was made or reset.
    pub opened: u64,
    /// How often it became half-open, since it was made or reset.
    pub half_opened: u64,
    /// How often it closed again, since it was made or reset.
    pub closed: u64,
}
