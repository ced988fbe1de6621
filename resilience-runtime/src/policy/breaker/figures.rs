//! What a breaker can tell of itself.

use super::window::Counts;

/// How often a breaker went into each state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transitions {
    pub(super) opened: u64,
    pub(super) half_opened: u64,
    pub(super) closed: u64,
}

impl Transitions {
    pub(super) const ZERO: Self = Self { opened: 0, half_opened: 0, closed: 0 };
}

/// The calls a state is judged by, and the rates where there are enough of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) counts: Counts,
    pub(super) failure_rate: Option<f64>,
    pub(super) slow_rate: Option<f64>,
}

impl Seen {
    pub(super) const NOTHING: Self = Self { counts: Counts::ZERO, failure_rate: None, slow_rate: None };

    pub(super) fn new(counts: Counts, min_calls: u32) -> Self {
        Self { counts, failure_rate: counts.failure_rate(min_calls), slow_rate: counts.slow_rate(min_calls) }
    }
}

/// What a snapshot is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figures {
    pub(super) seen: Seen,
    pub(super) consecutive_failures: u32,
    pub(super) transitions: Transitions,
}
