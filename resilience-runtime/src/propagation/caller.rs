//! Who called.

use core::time::Duration;

use super::inherited;
use crate::time::Tick;

/// What a caller in another process said of its call: see [`caller`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    deadline: Option<Tick>,
    attempt: Option<u32>,
    attempts_left: u32,
    is_retried_here: bool,
}

impl Caller {
    /// With that much time, of that attempt, so many of which may follow.
    pub(super) fn new(timeout: Option<Duration>, attempt: Option<u32>, attempts_left: u32) -> Self {
        let deadline = timeout.map(|timeout| Tick::now().after(timeout));
        Self { deadline, attempt, attempts_left, is_retried_here: false }
    }

    /// The time for which the caller still waits; zero when it has given up, `None` when it did not say.
    ///
    /// It counts from the arrival of the request: how long that was under way is not known, as no two clocks agree.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.since(Tick::now()))
    }

    /// Which attempt of its own call this is, from 1; `None` when it did not say.
    #[must_use]
    pub const fn attempt(&self) -> Option<u32> {
        self.attempt
    }

    /// How many more attempts the caller may make; zero when it did not say.
    #[must_use]
    pub const fn attempts_left(&self) -> u32 {
        self.attempts_left
    }

    pub(super) const fn deadline(&self) -> Option<Tick> {
        self.deadline
    }

    /// Whether retries are the caller's.
    pub(super) const fn is_to_retry(&self) -> bool {
        self.attempts_left > 0 && !self.is_retried_here
    }

    /// No later than so long from now, if there is a deadline at all.
    pub(super) fn cap(&mut self, longest: Duration) {
        self.deadline = self.deadline.map(|deadline| deadline.min(Tick::now().after(longest)));
    }

    /// Retries are made here too.
    pub(super) fn retry_here(&mut self) {
        self.is_retried_here = true;
    }
}

/// The caller in another process that this code works for: what [`Incoming`](super::Incoming) found. `None` outside of
/// its scope.
#[must_use]
pub fn caller() -> Option<Caller> {
    inherited::caller()
}
