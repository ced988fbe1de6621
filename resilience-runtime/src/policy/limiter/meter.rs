//! What has been admitted, and from that when the next call can be: the two algorithms.
//!
//! The token bucket is the generic cell rate algorithm in its form of *virtual scheduling* (ITU-T recommendation I.371,
//! annex A): instead of tokens that are added all the time, one point in time is kept, at which the bucket will be full
//! again. A call moves it on by one interval, and may do so as long as it stays within the bucket's depth from now.
//!
//! The sliding window is a list of the calls in it.

use core::time::Duration;

use super::limits::{GRAIN, Limits, Pace};
use super::lists::{Lists, Log};
use crate::time::{Tick, nanos};

/// The calls that were admitted, beside the log in [`Lists`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Meter {
    /// Of a bucket: when it is full again, in its units. Modulo 2^64, so that it means something only near a known time.
    pub(super) full_at: u64,
}

impl Meter {
    pub(super) const fn new() -> Self {
        Self { full_at: 0 }
    }

    /// When a call can be admitted that lets those that wait go first: now, or later. If none of those is late.
    #[inline]
    pub(super) fn next_slot(self, lists: &Lists, limits: &Limits, now: Tick) -> Tick {
        let waiting = lists.waiting();
        if let (Limits::Bucket(pace), 0) = (limits, waiting)
            && debt(self.full_at, pace, now) + pace.interval <= pace.tolerance
        {
            // What most calls come to, without the wide numbers.
            return now;
        }
        self.slot(lists.log(), limits, now, waiting)
    }

    /// When a call can be admitted that lets `before` others go first: now, or later. If none of those is late.
    pub(super) fn slot(self, log: &Log, limits: &Limits, now: Tick, before: usize) -> Tick {
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
                let first = match (log.len() + rest).checked_sub(count) {
                    None => now,
                    Some(leaves) => now.max(log[leaves].after(span.period)),
                };
                first.after(span.period.saturating_mul(u32::try_from(windows).unwrap_or(u32::MAX)))
            }
        }
    }

    /// Admits a call whose slot is now.
    #[inline]
    pub(super) fn take(&mut self, lists: &mut Lists, limits: &Limits, now: Tick) {
        match limits {
            Limits::None => {}
            Limits::Bucket(pace) => self.full_at = after_one_more(self.full_at, pace, now),
            Limits::Window(_) => lists.log_mut().push_back(now),
        }
    }

    /// Forgets what makes no difference any more. `latest` was the last time this was done; in the `slack` after it, calls
    /// may have been admitted since.
    #[inline]
    pub(super) fn forget(
        &mut self,
        lists: &mut Lists,
        limits: &Limits,
        latest: Tick,
        slack: Duration,
        now: Tick,
    ) {
        match limits {
            Limits::None => {}
            Limits::Bucket(pace) => {
                let quiet = now.as_nanos().saturating_sub(latest.as_nanos());
                if quiet > nanos(slack) && pace.is_full_after(quiet - nanos(slack)) {
                    self.full_at = pace.units(now);
                }
            }
            Limits::Window(span) => {
                // Emptied it stays, as a rule for the call that is about to be admitted.
                let Some(log) = lists.existing_log() else { return };
                while log.front().is_some_and(|first| first.after(span.period) <= now) {
                    log.pop_front();
                }
            }
        }
    }

    /// Moves everything to another clock, which shows `now` and is behind the former one by `back`.
    #[cold]
    pub(super) fn shift_back(&mut self, lists: &mut Lists, limits: &Limits, back: Duration, now: Tick) {
        if let Limits::Bucket(pace) = limits {
            let back = nanos(back).wrapping_mul(pace.scale);
            // The former clock is known to within the slack only: at worst the bucket is empty.
            let debt = debt(self.full_at.wrapping_sub(back), pace, now).min(pace.tolerance);
            self.full_at = pace.units(now).wrapping_add(debt);
        }
        for call in lists.existing_log().into_iter().flatten() {
            *call = call.before(back);
        }
    }

    /// How many calls would be admitted now.
    pub(super) fn available(self, log: &Log, limits: &Limits, now: Tick) -> u32 {
        let available = match limits {
            Limits::None => return u32::MAX,
            Limits::Bucket(pace) => {
                pace.tolerance.saturating_sub(debt(self.full_at, pace, now)) / pace.interval
            }
            Limits::Window(span) => u64::from(span.count).saturating_sub(log.len() as u64),
        };
        u32::try_from(available).unwrap_or(u32::MAX)
    }

    /// Whether it is as if no call had ever come. `latest` was the last call's time.
    pub(super) fn is_idle(self, log: &Log, limits: &Limits, latest: Tick, now: Tick) -> bool {
        match limits {
            Limits::None => true,
            Limits::Bucket(pace) => {
                pace.is_full_after(now.as_nanos().saturating_sub(latest.as_nanos()))
                    || debt(self.full_at, pace, now) == 0
            }
            Limits::Window(span) => log.back().is_none_or(|last| last.after(span.period) <= now),
        }
    }

    /// Goes on under other limits: what was admitted under the old ones counts under the new ones, call for call.
    pub(super) fn convert(&mut self, lists: &mut Lists, old: &Limits, new: &Limits, now: Tick) {
        if old == new {
            return;
        }
        // Of calls that left only their number, the time is taken to be now.
        let used = match old {
            Limits::None => Used::NONE,
            Limits::Bucket(pace) => Used { units: debt(self.full_at, pace, now), unit: pace.interval },
            Limits::Window(_) => Used { units: lists.log().len() as u64, unit: 1 },
        };
        match (old, new) {
            (Limits::Window(_), Limits::Window(_)) => {}
            (_, Limits::None) => {
                lists.set_log(Log::new());
                *self = Self::new();
            }
            (_, Limits::Bucket(pace)) => {
                lists.set_log(Log::new());
                let debt = used.times(pace.interval, GRAIN).min(pace.tolerance);
                self.full_at = pace.units(now).wrapping_add(debt);
            }
            (_, Limits::Window(span)) => {
                let calls = used.times(1, 1).min(span.count.into());
                lists.set_log((0..calls).map(|_| now).collect());
            }
        }
    }

    /// As if no call had ever come.
    pub(super) fn reset(&mut self, lists: &mut Lists, limits: &Limits, now: Tick) {
        match limits {
            Limits::None => {}
            Limits::Bucket(pace) => self.full_at = pace.units(now),
            Limits::Window(_) => lists.set_log(Log::new()),
        }
    }

    /// Counts whatever `other` counts, too: admits no call that one of the two would refuse.
    pub(super) fn absorb(
        &mut self,
        lists: &mut Lists,
        (other, others): (&Self, &Log),
        limits: &Limits,
        now: Tick,
    ) {
        match limits {
            Limits::None => {}
            Limits::Bucket(pace) => {
                if debt(other.full_at, pace, now) > debt(self.full_at, pace, now) {
                    self.full_at = other.full_at;
                }
            }
            Limits::Window(_) if others.is_empty() => {}
            Limits::Window(_) => {
                let log = lists.log_mut();
                let missing = others.len().saturating_sub(log.len());
                log.reserve(missing);
                for call in others.iter().take(missing).rev() {
                    log.push_front(*call);
                }
                for (mine, others) in log.iter_mut().rev().zip(others.iter().rev()) {
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
