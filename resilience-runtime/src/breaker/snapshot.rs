//! A breaker's figures at one moment.

use core::time::Duration;

use super::{Mode, State};

/// How a breaker is doing, at one moment.
///
/// `calls`, `failures` and `slow_calls` are those that the state is judged by: of a closed breaker the calls in the
/// window, or, where `consecutive` is the only rule, the present run of failures; of a half-open one the probes that have
/// ended; of an open one the calls that opened it.
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
