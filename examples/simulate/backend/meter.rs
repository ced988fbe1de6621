//! Counts over time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::figures::real;

/// How many things happened in each slice of time.
#[derive(Debug)]
pub(crate) struct Meter {
    slice: Duration,
    counts: Mutex<Vec<usize>>,
}

impl Meter {
    pub(crate) fn new(slice: Duration) -> Self {
        Self { slice, counts: Mutex::new(Vec::new()) }
    }

    /// Counts one, at that time since the start.
    pub(crate) fn count(&self, at: Duration) {
        let index = usize::try_from(at.as_nanos() / self.slice.as_nanos()).unwrap_or(usize::MAX);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() <= index {
            counts.resize(index + 1, 0);
        }
        counts[index] += 1;
    }

    /// Each slice up to `end`: the time of its middle in seconds, and the rate in it per second.
    pub(crate) fn rates(&self, end: Duration) -> Vec<(f64, f64)> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let slice = self.slice.as_secs_f64();
        let slices = usize::try_from(end.as_nanos() / self.slice.as_nanos()).unwrap_or(usize::MAX);
        let rate = |index| real(counts.get(index).copied().unwrap_or_default()) / slice;
        (0..slices).map(|index| ((real(index) + 0.5) * slice, rate(index))).collect()
    }

    pub(crate) fn total(&self) -> f64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().copied().map(real).sum()
    }
}
