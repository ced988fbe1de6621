//! A rate in the terms that decisions are made in, worked out once.

use core::time::Duration;

use super::config::Rate;
use crate::time::Tick;

/// What calls are held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limits {
    /// Nothing: the limiter is named, and nobody has configured it yet.
    None,
    Bucket(Pace),
    Window(Span),
}

/// A token bucket, in units of a `scale`-th of a nanosecond.
///
/// In nanoseconds three calls a second would be one every 333,333,333 (too many) or 333,333,334 (and the third one is
/// two nanoseconds late). In units of a third the interval is a whole number, and every sum of it exact.
///
/// All numbers are multiples of [`GRAIN`], which leaves the lowest two bits of a point in time to
/// [`Gate`](super::gate::Gate).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// Units in a nanosecond.
    pub(super) scale: u64,
    /// From one token to the next.
    pub(super) interval: u64,
    /// From empty to full.
    pub(super) tolerance: u64,
}

/// A sliding window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) count: u32,
    pub(super) period: Duration,
}

/// Points in time wrap around after 2^64 units, 13 days at this scale: the more units, the sooner. An interval that would
/// need more of them is rounded up, by less than a 4096th of a nanosecond.
const MAX_SCALE: u128 = 4096;

/// The longest a bucket may take to fill, in units: far from where a point in time before and one after another could
/// be confused. It is 18 years at scale 1; a burst that takes longer to gather is cut down to that.
const MAX_TOLERANCE: u128 = 1 << 59;

/// What all numbers of units are multiples of.
pub(super) const GRAIN: u64 = 4;

impl Limits {
    pub(super) const fn bucket(rate: Rate, burst: u32) -> Self {
        let count = at_least_one(rate.count()) as u128;
        let period = longer(rate.period(), Duration::from_nanos(1)).as_nanos();
        let burst = at_least_one(burst) as u128;

        let common = common_divisor(period, count);
        let (period, count) = (period / common, count / common);
        let room = MAX_TOLERANCE / least(burst.saturating_mul(period) / count + 1, MAX_TOLERANCE);
        let scale = least(least(count, MAX_SCALE), room);
        let interval = least(period.saturating_mul(scale).div_ceil(count), MAX_TOLERANCE);
        let tolerance = least(interval.saturating_mul(burst), MAX_TOLERANCE);
        Self::Bucket(Pace {
            scale: GRAIN * narrow(scale),
            interval: GRAIN * narrow(interval),
            tolerance: GRAIN * narrow(tolerance),
        })
    }

    pub(super) const fn window(rate: Rate) -> Self {
        let period = longer(rate.period(), Duration::from_nanos(1));
        Self::Window(Span { count: at_least_one(rate.count()), period })
    }

    /// The mean time from one call to the next.
    pub(super) fn spacing(&self) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Bucket(pace) => Duration::from_nanos(pace.interval.div_ceil(pace.scale)),
            Self::Window(span) => span.period / span.count,
        }
    }
}

impl Pace {
    /// A point in time, in units; modulo 2^64.
    #[inline]
    pub(super) const fn units(&self, tick: Tick) -> u64 {
        tick.as_nanos().wrapping_mul(self.scale)
    }

    /// Whether an empty bucket is full after so many nanoseconds.
    pub(super) fn is_full_after(&self, nanos: u64) -> bool {
        u128::from(nanos) * u128::from(self.scale) >= self.tolerance.into()
    }

    /// That many units in whole nanoseconds, rounded up.
    pub(super) fn duration(&self, units: u128) -> Duration {
        Duration::from_nanos(u64::try_from(units.div_ceil(self.scale.into())).unwrap_or(u64::MAX))
    }
}

const fn at_least_one(number: u32) -> u32 {
    if number == 0 { 1 } else { number }
}

const fn least(one: u128, other: u128) -> u128 {
    if one < other { one } else { other }
}

const fn longer(one: Duration, other: Duration) -> Duration {
    if one.as_nanos() > other.as_nanos() { one } else { other }
}

const fn common_divisor(mut one: u128, mut other: u128) -> u128 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[expect(clippy::cast_possible_truncation, reason = "at most `MAX_TOLERANCE`")]
const fn narrow(number: u128) -> u64 {
    number as u64
}
