//! A first attempt whose body waits: what it holds is put down once, and stays there until it is known how it ended.

use core::mem;

use super::core::Stage;
use super::first::{Begun, First, FirstAttempt, State, Underway};
use super::limited::Limited;
use super::limits::Limits;
use super::time_limit::TimeLimit;
use crate::current::Entered;
use crate::current::inherited::Further;
use crate::site::has;
use crate::time::Moment;

/// A first attempt between two polls of its body. Dropped, it is cancelled.
#[derive(Debug)]
pub(super) struct Suspended(Option<First>);

/// A first attempt whose body is polled again.
#[derive(Debug)]
pub(super) struct Resumed<'c, L: Limits>(&'c mut State<L>);

impl Suspended {
    #[inline]
    pub(super) fn new(first: First) -> Self {
        Self(Some(first))
    }

    /// A call with this attempt under way.
    pub(super) fn begin<L: Limits>(&mut self, stage: Stage) -> Option<Begun<L>> {
        self.0.take().map(|first| first.begun(stage))
    }

    #[cold]
    #[inline(never)]
    fn abandon(&mut self) {
        // Of the limits, it can hold a slot.
        drop(self.begin::<Limited<{ has::BULKHEAD }>>(Stage::Running));
    }
}

impl Drop for Suspended {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_some() {
            self.abandon();
        }
    }
}

impl<L: Limits> State<L> {
    /// The first attempt, to poll its body again.
    #[inline]
    pub(super) fn resume(&mut self) -> Option<Resumed<'_, L>> {
        matches!(self, Self::Underway(Underway::Suspended(_))).then(|| Resumed(self))
    }
}

impl<L: Limits> Resumed<'_, L> {
    #[inline]
    fn held(&self) -> &First {
        match &self.0 {
            State::Underway(Underway::Suspended(Suspended(Some(first)))) => first,
            _ => unreachable!("its body is polled"),
        }
    }

    #[inline]
    fn take(&mut self) -> Option<First> {
        match self.0 {
            State::Underway(Underway::Suspended(suspended)) => suspended.0.take(),
            State::Fresh(_) | State::Underway(Underway::Begun(_)) => None,
        }
    }
}

impl<L: Limits> FirstAttempt for Resumed<'_, L> {
    #[inline]
    fn enter(&self) -> (Entered, Further) {
        self.held().enter()
    }

    #[inline]
    fn succeed(mut self) {
        let first = self.take();
        mem::forget(self);
        if let Some(first) = first {
            first.succeed(L::HAS);
        }
    }

    #[inline]
    fn suspend(self) -> (TimeLimit, Moment) {
        let limit = self.held().time_limit();
        mem::forget(self);
        (limit, Moment::default())
    }
}

impl<L: Limits> Drop for Resumed<'_, L> {
    #[inline]
    fn drop(&mut self) {
        if let Some(first) = self.take() {
            self.0.go_on(first);
        }
    }
}
