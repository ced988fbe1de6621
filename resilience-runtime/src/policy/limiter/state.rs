//! The decision, pure: time comes in, a decision comes out.

use core::task::Waker;
use core::time::Duration;

use super::limits::Limits;
use super::lists::Lists;
use super::meter::Meter;
use crate::time::{Latest, Tick};
use crate::wakers::Wakers;

/// How long calls are admitted by the gate alone before one has to come here: half a second.
pub(super) const FRESH: Duration = Duration::from_nanos(1 << 29);

/// What was admitted, and who waits, first come first served.
///
/// Only calls that have started are counted. The times of those that wait follow from their places in the line, so that
/// one that leaves takes nothing with it, and all behind it move up; and so that a call that starts late, or after a
/// jump of the clock, is counted when it starts.
#[derive(Debug)]
pub(super) struct Line {
    latest: Latest,
    pub(super) meter: Meter,
    lists: Lists,
}

/// What is left of a call that has gone from the line. To wake a task and to drop a waker can run any code: both wait
/// until the lock is released.
#[derive(Debug, Default)]
pub(super) struct Gone {
    /// The call's own waker.
    pub(super) own: Option<Waker>,
    /// Who is to be woken.
    pub(super) behind: Option<Waker>,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self { latest: Latest::new(), meter: Meter::new(), lists: Lists::new() }
    }

    /// One that starts with what `other` has counted.
    pub(super) fn after(other: &Self) -> Self {
        let lists = Lists::of_log(other.lists.log().clone());
        Self { latest: other.latest, meter: other.meter, lists }
    }

    /// Admits a call that does not wait, or says how long it would have to.
    #[inline]
    pub(super) fn admit(&mut self, limits: &Limits, now: Tick) -> Result<(), Duration> {
        let now = self.settle(limits, now);
        let slot = self.meter.next_slot(&self.lists, limits, now);
        if slot > now {
            return Err(slot.since(now));
        }
        self.meter.take(&mut self.lists, limits, now);
        Ok(())
    }

    /// Puts a call at the end of the line, or says how long it would have to wait if that is more than `max_wait`.
    pub(super) fn join(&mut self, limits: &Limits, now: Tick, max_wait: Duration) -> Result<u64, Duration> {
        let now = self.settle(limits, now);
        let slot = self.meter.next_slot(&self.lists, limits, now);
        let wait = slot.since(now);
        if wait > max_wait {
            return Err(wait);
        }
        Ok(self.lists.push(slot))
    }

    /// When the time of a waiting call is, as things stand.
    pub(super) fn slot(&mut self, limits: &Limits, now: Tick, ticket: u64) -> Tick {
        let now = self.settle(limits, now);
        let position = self.lists.position(ticket).unwrap_or(0);
        self.meter.slot(self.lists.log(), limits, now, position)
    }

    /// Admits a waiting call if its time has come; else says when that is, and `own` is woken should it come earlier.
    /// Also what is left to be done without the lock; a waker that `own` takes the place of is left there.
    pub(super) fn ask(
        &mut self,
        limits: &Limits,
        now: Tick,
        ticket: u64,
        own: &mut Option<Waker>,
    ) -> (Result<(), Tick>, Gone) {
        let now = self.settle(limits, now);
        let position = self.lists.position(ticket).unwrap_or(0);
        let slot = self.meter.slot(self.lists.log(), limits, now, position);
        if slot <= now {
            // Calls before it that are late keep their places: its own time is reckoned with theirs used.
            self.meter.take(&mut self.lists, limits, now);
            return (Ok(()), self.remove(limits, now, ticket));
        }
        if let Some(waiter) = self.lists.waiter(position) {
            waiter.told = slot;
            core::mem::swap(&mut waiter.waker, own);
        }
        (Err(slot), Gone::default())
    }

    /// Takes a waiting call out of the line.
    pub(super) fn leave(&mut self, limits: &Limits, now: Tick, ticket: u64) -> Gone {
        let now = self.settle(limits, now);
        self.remove(limits, now, ticket)
    }

    /// The next call behind the one that goes that can be woken is, if it has moved up in time. It will do the same for the
    /// one behind it, so that not all of them have to be woken at once.
    fn remove(&mut self, limits: &Limits, now: Tick, ticket: u64) -> Gone {
        let Some(position) = self.lists.position(ticket) else { return Gone::default() };
        let own = self.lists.remove(position).and_then(|waiter| waiter.waker);
        // A reservation that is only held has no waker, and may be held for long.
        let next = self.lists.next_awake(position);
        let slot = next.map(|next| self.meter.slot(self.lists.log(), limits, now, next));
        let behind = next.and_then(|next| self.lists.waiter(next));
        let moved = behind.filter(|behind| slot.is_some_and(|slot| slot < behind.told));
        Gone { own, behind: moved.and_then(|behind| behind.waker.take()) }
    }

    /// Goes on under other limits; whom to wake.
    pub(super) fn convert(&mut self, old: &Limits, new: &Limits, now: Tick) -> Wakers {
        let now = self.settle(old, now);
        self.meter.convert(&mut self.lists, old, new, now);
        self.lists.take_wakers()
    }

    /// Forgets what was admitted; whom to wake.
    pub(super) fn reset(&mut self, limits: &Limits, now: Tick) -> Wakers {
        let now = self.settle(limits, now);
        self.meter.reset(&mut self.lists, limits, now);
        self.lists.take_wakers()
    }

    /// Counts whatever `other` had counted, too. Both are settled.
    pub(super) fn absorb(&mut self, other: &Self, limits: &Limits) {
        let now = self.latest();
        self.meter.absorb(&mut self.lists, (&other.meter, other.lists.log()), limits, now);
    }

    /// Takes notice of the time: never back by a little, and with everything moved along if it is back by a lot.
    #[inline]
    pub(super) fn settle(&mut self, limits: &Limits, now: Tick) -> Tick {
        let latest = self.latest();
        if now >= latest {
            // What most calls come to; of the rest nothing is left to be asked then.
            self.latest.settle(now);
            self.meter.forget(&mut self.lists, limits, latest, FRESH, now);
            return now;
        }
        let (now, back) = self.latest.settle(now);
        match back {
            Some(back) => self.meter.shift_back(&mut self.lists, limits, back, now),
            None => self.meter.forget(&mut self.lists, limits, latest, FRESH, now),
        }
        now
    }

    /// How long a call that comes now would have to wait.
    pub(super) fn next_wait(&mut self, limits: &Limits, now: Tick) -> Duration {
        let now = self.settle(limits, now);
        self.meter.next_slot(&self.lists, limits, now).since(now)
    }

    /// How many calls would be admitted now, those that wait coming first. Of a line that is settled.
    pub(super) fn available(&self, limits: &Limits) -> u32 {
        let waiting = u32::try_from(self.waiting()).unwrap_or(u32::MAX);
        self.meter.available(self.lists.log(), limits, self.latest()).saturating_sub(waiting)
    }

    /// Whether it is as if no call had ever come. Takes no notice of the time.
    pub(super) fn is_idle(&self, limits: &Limits, now: Tick) -> bool {
        self.waiting() == 0 && self.meter.is_idle(self.lists.log(), limits, self.latest(), now)
    }

    pub(super) fn waiting(&self) -> usize {
        self.lists.waiting()
    }

    /// The last time that notice was taken of.
    pub(super) fn latest(&self) -> Tick {
        self.latest.tick()
    }
}
