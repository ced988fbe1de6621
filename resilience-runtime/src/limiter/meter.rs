//! What has been admitted, and from that when the next call can be: the two algorithms.
//!
//! The token bucket is the generic cell rate algorithm in its form of *virtual scheduling* (ITU-T recommendation I.371,
//! annex A): instead of tokens that are added all the time, one point in time is kept, at which the bucket will be full
//! again. A call moves it on by one interval, and may do so as long as it stays within the bucket's depth from now.
//!
//! The sliding window is a list of the calls in it.

use core::time::Duration;
use std::collections::VecDeque;

use super::limits::{GRAIN, Limits, Pace};
use crate::time::{Tick, nanos};

/// The calls that were admitted, and nothing about those that wait.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    /// Of a bucket: when it is full again, in its units. Modulo 2^64, so that it means something only near a known time.
    pub(super) full_at: u64,
    /// Of a window: when its calls were admitted, the oldest first.
    log: VecDeque<Tick>,
}

impl Meter {
    pub(super) const fn new() -> Self {
        Self { full_at: 0, log: VecDeque::new() }
    }

    /// When a call can be admitted that lets `before` others go first: now, or later. If none of those is late.
    pub(super) fn slot(&self, limits: &Limits, now: Tick, before: usize) -> Tick {
        match limits {
            Limits::None => now,
            Limits::Bucket(pace) => {
                let depth = u128::from(debt(self.full_at, pace, now))
                    + (before as u128 + 1).saturating_mul(pace.interval.into());
                match depth.checked_sub(pace.tolerance.into()) {
                    None | Some(0) => now,
                    Some(excess) => now.after(pace.duration(excess)),
                }
            }
            Limits::Window(span) => {
                let count = span.count as usize;
                // Those before fill whole windows of their own, one period after the other, and then a part of one.
                let (windows, rest) = (before / count, before % count);
                let first = match (self.log.len() + rest).checked_sub(count) {
                    None => now,
                    Some(leaves) => now.max(self.log[leaves].after(span.period)),
                };
                first.after(span.period.saturating_mul(u32::try_from(windows).unwrap_or(u32::MAX)))
            }
        }
    }

    /// Admits a call whose slot is now.
    pub(super) fn take(&mut self, limits: &Limits, now: Tick) {
        match limits {
            Limits::None => {}
            Limits::Bucket(pace) => self.full_at = after_one_more(self.full_at, pace, now),
            Limits::Window(_) => self.log.push_back(now),
        }
    }

    /// Forgets what makes no difference any more. `latest` was the last time this was done; in the `slack` after it, calls
    /// may have been admitted since.
    pub(super) fn forget(&mut self, limits: &Limits, latest: Tick, slack: Duration, now: Tick) {
        match limits {
            Limits::None => {}
            Limits::Bucket(pace) => {
                if pace.is_full_after(now.since(latest).saturating_sub(slack)) {
                    self.full_at = pace.units(now);
                }
            }
            Limits::Window(span) => {
                while self.log.front().is_some_and(|first| first.after(span.period) <= now) {
                    self.log.pop_front();
                }
            }
        }
    }

    /// Moves everything to another clock, which shows `now` and is behind the former one by `back`.
    pub(super) fn shift_back(&mut self, limits: &Limits, back: Duration, now: Tick) {
        if let Limits::Bucket(pace) = limits {
            let back = nanos(back).wrapping_mul(pace.scale);
            // The former clock is known to within the slack only: at worst the bucket is empty.
            let debt = debt(self.full_at.wrapping_sub(back), pace, now).min(pace.tolerance);
            self.full_at = pace.units(now).wrapping_add(debt);
        }
        for call in &mut self.log {
            *call = call.before(back);
        }
    }

    /// How many calls would be admitted now.
    pub(super) fn available(&self, limits: &Limits, now: Tick) -> u32 {
        let available = match limits {
            Limits::None => return u32::MAX,
            Limits::Bucket(pace) => {
                pace.tolerance.saturating_sub(debt(self.full_at, pace, now)) / pace.interval
            }
            Limits::Window(span) => u64::from(span.count).saturating_sub(self.log.len() as u64),
        };
        u32::try_from(available).unwrap_or(u32::MAX)
    }

    /// Whether it is as if no call had ever come. `latest` was the last call's time.
    pub(super) fn is_idle(&self, limits: &Limits, latest: Tick, now: Tick) -> bool {
        match limits {
            Limits::None => true,
            Limits::Bucket(pace) => {
                pace.is_full_after(now.since(latest)) || debt(self.full_at, pace, now) == 0
            }
            Limits::Window(span) => self.log.back().is_none_or(|last| last.after(span.period) <= now),
        }
    }

    /// Goes on under other limits: what was admitted under the old ones counts under the new ones, call for call.
    pub(super) fn convert(&mut self, old: &Limits, new: &Limits, now: Tick) {
        if old == new {
            return;
        }
        // Of calls that left only their number, the time is taken to be now.
        let used = match old {
            Limits::None => Used::NONE,
            Limits::Bucket(pace) => Used { units: debt(self.full_at, pace, now), unit: pace.interval },
            Limits::Window(_) => Used { units: self.log.len() as u64, unit: 1 },
        };
        match (old, new) {
            (Limits::Window(_), Limits::Window(_)) => {}
            (_, Limits::None) => *self = Self::new(),
            (_, Limits::Bucket(pace)) => {
                self.log = VecDeque::new();
                let debt = used.times(pace.interval, GRAIN).min(pace.tolerance);
                self.full_at = pace.units(now).wrapping_add(debt);
            }
            (_, Limits::Window(span)) => {
                let calls = used.times(1, 1).min(span.count.into());
                self.log = (0..calls).map(|_| now).collect();
            }
        }
    }

    /// Counts whatever `other` counts, too: admits no call that one of the two would refuse.
    pub(super) fn absorb(&mut self, other: &Self, limits: &Limits, now: Tick) {
        match limits {
            Limits::None => {}
            Limits::Bucket(pace) => {
                if debt(other.full_at, pace, now) > debt(self.full_at, pace, now) {
                    self.full_at = other.full_at;
                }
            }
            Limits::Window(_) => {
                let missing = other.log.len().saturating_sub(self.log.len());
                self.log.reserve(missing);
                for call in other.log.iter().take(missing).rev() {
                    self.log.push_front(*call);
                }
                for (mine, others) in self.log.iter_mut().rev().zip(other.log.iter().rev()) {
                    *mine = (*mine).max(*others);
                }
            }
        }
    }
}

/// A bucket's `full_at` after one more call now.
#[inline]
pub(super) fn after_one_more(full_at: u64, pace: &Pace, now: Tick) -> u64 {
    pace.units(now).wrapping_add(debt(full_at, pace, now)).wrapping_add(pace.interval)
}

/// What is missing in a bucket that is full again at `full_at`, in units.
#[inline]
pub(super) fn debt(full_at: u64, pace: &Pace, now: Tick) -> u64 {
    // Half of the circle is ahead, the other half is over.
    u64::try_from(full_at.wrapping_sub(pace.units(now)).cast_signed()).unwrap_or(0)
}

/// A number of calls that need not be whole.
#[derive(Clone, Copy)]
struct Used {
    units: u64,
    unit: u64,
}

impl Used {
    const NONE: Self = Self { units: 0, unit: 1 };

    /// The number of calls times `factor`, rounded up to a multiple of `grain`.
    fn times(self, factor: u64, grain: u64) -> u64 {
        let product = (u128::from(self.units) * u128::from(factor)).div_ceil(self.unit.into());
        u64::try_from(product.next_multiple_of(grain.into())).unwrap_or(u64::MAX)
    }
}
