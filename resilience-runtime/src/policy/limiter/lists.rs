//! What few lines have: a window's calls, and those that wait.

use core::task::Waker;
use std::collections::VecDeque;

use crate::time::Tick;
use crate::wakers::Wakers;

/// When the calls of a window were admitted, the oldest first.
pub(super) type Log = VecDeque<Tick>;

const NO_CALLS: &Log = &Log::new();

/// In a box that exists while there is something in it: most keys are never more than a bucket that nobody waits for.
#[derive(Debug)]
pub(super) struct Lists(Option<Box<Both>>);

#[derive(Debug, Default)]
struct Both {
    log: Log,
    /// In the order of their tickets.
    waiters: VecDeque<Waiter>,
    /// Counts from the first one that waits: when nobody does, nobody has a ticket.
    next_ticket: u64,
}

/// A call that waits.
#[derive(Debug)]
pub(super) struct Waiter {
    ticket: u64,
    /// When its time is, as it was last told.
    pub(super) told: Tick,
    pub(super) waker: Option<Waker>,
}

impl Lists {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    pub(super) fn of_log(log: Log) -> Self {
        let mut lists = Self::new();
        lists.set_log(log);
        lists
    }

    #[inline]
    pub(super) fn log(&self) -> &Log {
        self.0.as_deref().map_or(NO_CALLS, |both| &both.log)
    }

    /// The log, to add to it.
    pub(super) fn log_mut(&mut self) -> &mut Log {
        &mut self.0.get_or_insert_default().log
    }

    /// The log, if there is one, to do something with each call in it.
    pub(super) fn existing_log(&mut self) -> Option<&mut Log> {
        self.0.as_deref_mut().map(|both| &mut both.log)
    }

    pub(super) fn set_log(&mut self, log: Log) {
        if self.0.is_some() || !log.is_empty() {
            *self.log_mut() = log;
        }
        self.tidy();
    }

    /// How many calls wait.
    #[inline]
    pub(super) fn waiting(&self) -> usize {
        self.0.as_deref().map_or(0, |both| both.waiters.len())
    }

    /// Puts a call at the end of the line; its ticket.
    pub(super) fn push(&mut self, told: Tick) -> u64 {
        let both = self.0.get_or_insert_default();
        let ticket = both.next_ticket;
        both.next_ticket += 1;
        both.waiters.push_back(Waiter { ticket, told, waker: None });
        ticket
    }

    /// How many calls are before that one.
    pub(super) fn position(&self, ticket: u64) -> Option<usize> {
        self.0.as_deref()?.waiters.binary_search_by_key(&ticket, |waiter| waiter.ticket).ok()
    }

    pub(super) fn waiter(&mut self, position: usize) -> Option<&mut Waiter> {
        self.0.as_deref_mut()?.waiters.get_mut(position)
    }

    /// The first call from that position on that can be woken.
    pub(super) fn next_awake(&self, position: usize) -> Option<usize> {
        let mut behind = self.0.as_deref()?.waiters.iter().enumerate().skip(position);
        behind.find_map(|(position, waiter)| waiter.waker.is_some().then_some(position))
    }

    pub(super) fn remove(&mut self, position: usize) -> Option<Waiter> {
        let waiter = self.0.as_deref_mut()?.waiters.remove(position);
        self.tidy();
        waiter
    }

    /// The wakers of all that wait; they have none any more.
    pub(super) fn take_wakers(&mut self) -> Wakers {
        let waiters = self.0.iter_mut().flat_map(|both| &mut both.waiters);
        waiters.filter_map(|waiter| waiter.waker.take()).collect()
    }

    /// Gives back what is not needed any more.
    fn tidy(&mut self) {
        let Some(both) = &mut self.0 else { return };
        if !both.waiters.is_empty() {
            return;
        }
        if both.log.is_empty() {
            self.0 = None;
        } else {
            both.waiters = VecDeque::new();
        }
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    const TIME: Tick = Tick::from_nanos(1);

    #[test]
    fn nothing_is_kept_of_calls_that_waited() {
        let mut lists = Lists::new();
        assert_eq!([(); 3].map(|()| lists.push(TIME)), [0, 1, 2]);
        assert!(lists.remove(0).is_some());
        // In front of it nobody is left, behind it one.
        assert_eq!([lists.position(1), lists.position(2), lists.position(0)], [Some(0), Some(1), None]);
        assert!(lists.remove(1).is_some() && lists.remove(0).is_some());
        assert!(lists.0.is_none());
    }

    #[test]
    fn a_log_stays_without_those_that_waited() {
        let mut lists = Lists::of_log([TIME].into());
        lists.push(TIME);
        assert!(lists.remove(0).is_some());
        assert_eq!(lists.0.as_ref().map(|both| (both.log.len(), both.waiters.capacity())), Some((1, 0)));
        lists.set_log(Log::new());
        assert!(lists.0.is_none());
    }

    #[test]
    fn who_waits_stays_without_a_log() {
        let mut lists = Lists::of_log([TIME].into());
        lists.push(TIME);
        lists.set_log(Log::new());
        assert_eq!((lists.waiting(), lists.log().len()), (1, 0));
        assert!(Lists::of_log(Log::new()).0.is_none());
    }
}
