//! Until when a body may run: the timeout of its attempt, the call's deadline, and those of the calls around it.

use core::task::{Context, Poll};
use core::time::Duration;

use super::timer::{Timer, TimerTick};
use crate::current::Frame;
use crate::current::inherited;
use crate::site::Site;
use crate::time::{Moment, Tick};

/// Until when the bodies of a call may run.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimit {
    pub(super) site: &'static Site,
    /// The call's own.
    pub(super) deadline: Option<Tick>,
}

impl TimeLimit {
    /// The deadline, its own or that of a call around it, and whether it is its own.
    #[inline]
    pub(super) fn effective_deadline(self) -> Option<(Tick, bool)> {
        match (self.deadline, Frame::current().deadline) {
            (Some(own), Some(outer)) if outer < own => Some((outer, false)),
            (Some(own), _) => Some((own, true)),
            (None, outer) => outer.map(|outer| (outer, false)),
        }
    }

    /// Whether a caller in another process has a deadline, and the function can say that it ran into it.
    pub(super) fn is_callers(self) -> bool {
        inherited::deadline().is_some() && self.site.may_refuse()
    }

    /// Whether there is any.
    #[inline]
    pub(super) fn is_any(self) -> bool {
        // A deadline of the call around this one needs no timer: that one has it.
        self.site.config.timeout.is_some() || self.site.config.deadline.is_some() || self.is_callers()
    }

    /// The timeout where that is all there is: then no clock need be read but the timer's own.
    #[inline]
    fn timeout_alone(self) -> Option<Duration> {
        self.site.config.timeout.filter(|_| self.effective_deadline().is_none())
    }

    /// The tick at which an attempt of that moment runs out of time.
    pub(super) fn end(self, mut now: Moment) -> Tick {
        let timeout = self.site.config.timeout.map(|timeout| now.tick().after(timeout));
        match (timeout, self.effective_deadline()) {
            (Some(timeout), Some((deadline, _))) => timeout.min(deadline),
            (Some(limit), None) | (None, Some((limit, _))) => limit,
            (None, None) => unreachable!("a limit is asked for where there is one"),
        }
    }

    /// Ready when the time of a suspended body is over, which `timer` tells: set the first time, to begin with that moment.
    pub(super) fn poll_elapsed<T: Timer>(self, now: Moment, timer: &mut T, cx: &mut Context<'_>) -> Poll<()> {
        if !timer.is_armed() {
            if !self.is_any() {
                return Poll::Pending;
            }
            match self.timeout_alone() {
                Some(timeout) if !now.is_read() => timer.arm_after(timeout),
                _ => timer.arm(TimerTick(self.end(now))),
            }
        }
        timer.poll_elapsed(cx)
    }
}
