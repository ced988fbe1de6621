//! When extra attempts are started, and how many.

use core::fmt;
use core::time::Duration;

use super::latencies::Latencies;
use crate::time::Tick;

/// The hedge of one function: after how long an extra attempt joins those that are under way, and how many may.
#[derive(Clone, Copy, Debug)]
pub struct Hedge {
    after: After,
    max: u32,
}

#[derive(Clone, Copy, Debug)]
enum After {
    Fixed(Duration),
    Percentile { millionths: u32, latencies: &'static Latencies },
}

impl Hedge {
    /// At most `max` extra attempts, each `delay` after the one before; all at once for zero.
    #[must_use]
    pub const fn after(delay: Duration, max: u32) -> Self {
        Self { after: After::Fixed(delay), max }
    }

    /// The same after as long as so many millionths of the recent calls took at most; after a failure alone while
    /// `latencies` knows too few.
    #[must_use]
    pub const fn percentile(millionths: u32, latencies: &'static Latencies, max: u32) -> Self {
        Self { after: After::Percentile { millionths, latencies }, max }
    }

    /// How many extra attempts there may be.
    pub(crate) const fn max(&self) -> u32 {
        self.max
    }

    /// How long after an attempt the next joins it; `None` while that is not known.
    pub(crate) fn delay(&self, now: Tick) -> Option<Duration> {
        match self.after {
            After::Fixed(delay) => Some(delay),
            After::Percentile { millionths, latencies } => latencies.percentile(now, millionths),
        }
    }

    /// The delay that is the same for all calls; `None` for a percentile.
    pub(crate) const fn fixed(&self) -> Option<Duration> {
        match self.after {
            After::Fixed(delay) => Some(delay),
            After::Percentile { .. } => None,
        }
    }

    /// The percentile, in millionths.
    pub(crate) const fn millionths(&self) -> Option<u32> {
        match self.after {
            After::Fixed(_) => None,
            After::Percentile { millionths, .. } => Some(millionths),
        }
    }

    /// Where first attempts have to be timed.
    pub(crate) const fn latencies(&self) -> Option<&'static Latencies> {
        match self.after {
            After::Fixed(_) => None,
            After::Percentile { latencies, .. } => Some(latencies),
        }
    }

    /// How much later than the first attempt the last one begins, where that is known.
    pub(crate) const fn spread(&self) -> Duration {
        match self.after {
            After::Fixed(delay) => delay.saturating_mul(self.max),
            After::Percentile { .. } => Duration::ZERO,
        }
    }
}

/// As the attribute takes it, without quotes: `200ms`, `p99.9`.
impl fmt::Display for Hedge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.after {
            After::Fixed(delay) => write!(f, "{delay:?}"),
            After::Percentile { millionths, .. } => write!(f, "p{}", f64::from(millionths) / 10_000.0),
        }
    }
}
