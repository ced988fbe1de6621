//! A place in the line.

use core::fmt;
use core::future::{Future as _, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll, Waker, ready};
use core::time::Duration;

use super::guard::RateLimiter;
use super::state::{Gone, Line};
use crate::outcome::Rejected;
use crate::time::{Tick, instant, sleep_until};
use crate::wakers::Wakers;

/// By how much a call may start after the longest wait it was promised.
///
/// Timers have a grain of a millisecond and tasks wait for a thread; the calls in front may be late by that, and one
/// whose turn would have been at the very end of its wait would be refused for it.
const LATENESS: Duration = Duration::from_millis(10);

/// A call's place in the line for its turn.
///
/// Turns come in the order of the reservations. A place is a promise of a time and uses nothing up: the call counts
/// once it is [taken](Self::take) or [waited](Self::wait) for, at that moment. So it should be held no longer than its
/// turn is away: while it is held, one call that comes later has to wait.
///
/// # Cancel safety
///
/// Dropped before its turn, it leaves the line at once: every call behind it moves up by one place, and those whose time
/// comes earlier by that are woken in time. Nothing is lost, nothing has to be given back.
///
/// ```
/// use core::time::Duration;
/// use resilience_runtime::{Rate, RateLimitConfig, RateLimiter};
///
/// let limiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_minute(1)));
/// limiter.try_acquire().expect("the first of this minute");
///
/// let reservation = limiter.reserve(None, Duration::from_secs(60)).expect("a minute is enough");
/// assert!(reservation.remaining() > Duration::from_secs(59));
/// assert!(reservation.take().is_err()); // too early
/// ```
#[must_use = "a reservation that is dropped gives its place to the next call"]
pub struct Reservation<'l> {
    limiter: &'l RateLimiter,
    key: Option<u64>,
    ticket: u64,
    /// When the call would have waited for as long as it may.
    expires: Tick,
    is_in_line: bool,
}

/// What a waiting call is to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Turn {
    /// Start: its turn has come, and is used up.
    Admitted,
    /// Ask again at that time, or when woken.
    At(Tick),
    /// Give up: its turn would come too late. It has left the line.
    Rejected(Rejected),
}

impl<'l> Reservation<'l> {
    pub(super) fn new(limiter: &'l RateLimiter, key: Option<u64>, ticket: u64, expires: Tick) -> Self {
        Self { limiter, key, ticket, expires, is_in_line: true }
    }

    /// When its turn is, as things stand: earlier if calls in front leave, later if they are late.
    #[must_use]
    pub(crate) fn ready_at(&self) -> Tick {
        let now = Tick::now();
        let slot = |line: &mut Line, limits: &_| line.slot(limits, now, self.ticket);
        self.limiter.in_line(self.key, slot).unwrap_or(now)
    }

    /// The time until its turn, as things stand: earlier if calls in front leave, later if they are late.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.ready_at().since(Tick::now())
    }

    /// Uses the turn, if it has come.
    ///
    /// # Errors
    ///
    /// The reservation itself, when it is too early.
    pub fn take(mut self) -> Result<(), Self> {
        match self.ask(Tick::now(), None) {
            Ok(()) => Ok(()),
            Err(_) => Err(self),
        }
    }

    /// Uses the turn if it has come; else the task is woken should it come earlier than the time that is returned.
    ///
    /// The caller owns the timer. Not to be called again after `Admitted` or `Rejected`.
    pub(crate) fn poll_turn(&mut self, now: Tick, cx: &mut Context<'_>) -> Turn {
        match self.ask(now, Some(cx.waker())) {
            Ok(()) => Turn::Admitted,
            Err(slot) if slot > self.expires.after(LATENESS) => {
                self.leave();
                Turn::Rejected(self.limiter.reject(slot.since(now)))
            }
            Err(slot) => Turn::At(slot),
        }
    }

    /// Waits for the turn and uses it.
    ///
    /// # Cancel safety
    ///
    /// Dropped while it waits, it leaves the line, as the reservation itself.
    ///
    /// # Errors
    ///
    /// [`Rejected`], as soon as the turn cannot come within the longest wait any more: when calls in front were late by
    /// more than some milliseconds, or the rate was lowered.
    ///
    /// # Panics
    ///
    /// When it has to wait outside of a tokio runtime with its time enabled.
    pub async fn wait(mut self) -> Result<(), Rejected> {
        let first = match poll_fn(|cx| Poll::Ready(self.poll_turn(Tick::now(), cx))).await {
            Turn::Admitted => return Ok(()),
            Turn::Rejected(rejected) => return Err(rejected),
            Turn::At(tick) => tick,
        };
        let mut timer = pin!(sleep_until(first));
        poll_fn(|cx| {
            loop {
                match self.poll_turn(Tick::now(), cx) {
                    Turn::Admitted => return Poll::Ready(Ok(())),
                    Turn::Rejected(rejected) => return Poll::Ready(Err(rejected)),
                    Turn::At(tick) => {
                        if timer.deadline() != instant(tick) {
                            timer.as_mut().reset(instant(tick));
                        }
                        ready!(timer.as_mut().poll(cx));
                    }
                }
            }
        })
        .await
    }

    /// Uses the turn if it has come; else says when it is.
    fn ask(&mut self, now: Tick, waker: Option<&Waker>) -> Result<(), Tick> {
        let (ticket, mut own) = (self.ticket, waker.cloned());
        let ask = |line: &mut Line, limits: &_| line.ask(limits, now, ticket, &mut own);
        // A line that calls wait in is not forgotten.
        let (asked, gone) = self.limiter.in_line(self.key, ask).unwrap_or((Ok(()), Gone::default()));
        self.is_in_line = asked.is_err();
        if !self.is_in_line {
            self.limiter.meter.admitted();
        }
        drop(gone.own);
        if let Some(behind) = gone.behind {
            behind.wake();
        }
        asked
    }

    fn leave(&mut self) {
        if core::mem::take(&mut self.is_in_line) {
            let now = Tick::now();
            let leave = |line: &mut Line, limits: &_| line.leave(limits, now, self.ticket);
            let gone = self.limiter.in_line(self.key, leave).unwrap_or_default();
            // It may be dropped by a panic, to which a waker's own is not to be added.
            drop(Wakers::from_iter(gone.behind));
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl fmt::Debug for Reservation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation")
            .field("limiter", &self.limiter.name())
            .field("key", &self.key)
            .field("ticket", &self.ticket)
            .finish_non_exhaustive()
    }
}
