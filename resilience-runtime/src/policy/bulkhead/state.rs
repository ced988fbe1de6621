//! The queue, pure: who waits, and who is next.

use core::cmp::Reverse;
use std::collections::BTreeMap;

/// How often the oldest waiting call is overtaken by calls of higher priority.
///
/// More would let low priorities wait longer under load that never ends; with fewer, priorities would mean little.
pub(super) const PATIENCE: u32 = 7;

/// A place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    priority: i32,
    /// Counts all that ever waited.
    number: u64,
}

impl Place {
    fn rank(self) -> (Reverse<i32>, u64) {
        (Reverse(self.priority), self.number)
    }
}

/// Calls that wait, each with something to call it by.
///
/// Next is who came first of those with the highest priority, unless the oldest of all has been overtaken
/// [`PATIENCE`] times. Among `PATIENCE + 1` calls that leave the queue one after the other there is thus one that
/// was the oldest, and a call with `k` older ones before it is among the next `(PATIENCE + 1) * (k + 1)`.
#[derive(Debug)]
pub(super) struct Queue<W> {
    by_rank: BTreeMap<(Reverse<i32>, u64), W>,
    /// The priorities, by number.
    by_age: BTreeMap<u64, i32>,
    next_number: u64,
    /// How often the oldest has been overtaken.
    overtaken: u32,
}

impl<W> Queue<W> {
    pub(super) const fn new() -> Self {
        Self { by_rank: BTreeMap::new(), by_age: BTreeMap::new(), next_number: 0, overtaken: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.by_age.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_age.is_empty()
    }

    /// Takes the last place of its priority.
    pub(super) fn join(&mut self, priority: i32, waiter: W) -> Place {
        let place = Place { priority, number: self.next_number };
        self.next_number += 1;
        self.by_rank.insert(place.rank(), waiter);
        self.by_age.insert(place.number, priority);
        place
    }

    /// Puts another waiter in the place, and returns the former one; the other one if the place is no longer there.
    pub(super) fn replace(&mut self, place: Place, waiter: W) -> Result<W, W> {
        match self.by_rank.get_mut(&place.rank()) {
            Some(former) => Ok(core::mem::replace(former, waiter)),
            None => Err(waiter),
        }
    }

    /// Gives the place up, if it is still there.
    pub(super) fn remove(&mut self, place: Place) -> Option<W> {
        let waiter = self.by_rank.remove(&place.rank())?;
        if self.oldest().is_some_and(|oldest| oldest.number == place.number) {
            self.overtaken = 0;
        }
        self.by_age.remove(&place.number);
        Some(waiter)
    }

    /// Takes out who is next.
    pub(super) fn pop(&mut self) -> Option<W> {
        let oldest = self.oldest()?;
        let first = match self.by_rank.first_key_value() {
            Some((&(Reverse(priority), number), _)) if self.overtaken < PATIENCE => {
                Place { priority, number }
            }
            _ => oldest,
        };
        self.overtaken += 1;
        self.remove(first)
    }

    fn oldest(&self) -> Option<Place> {
        self.by_age.first_key_value().map(|(&number, &priority)| Place { priority, number })
    }
}
