//! What a function's body can learn about the call it runs in, and what a nested call inherits.
//!
//! The frame lives in thread-locals that are set while a body is polled, and only then: it costs two moves of a word a
//! poll, two more for a call with a deadline, needs no allocation and no runtime, and cannot leak into another task.

use core::cell::Cell;
use core::time::Duration;
use std::sync::Arc;

use crate::idempotency::current_key;
use crate::time::Tick;

/// The innermost annotated call that is being polled on this thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) deadline: Option<Tick>,
    pub(crate) attempt: u32,
    pub(crate) depth: u32,
}

/// The attempt and the depth in one word, to be moved at once.
#[derive(Clone, Copy, Debug)]
struct Place(u64);

impl Place {
    const OUTSIDE: Self = Self(0);
    const DEPTH_BITS: u32 = 32;

    #[inline]
    fn inside(self, attempt: u32) -> Self {
        Self(u64::from(attempt) << Self::DEPTH_BITS | u64::from(self.depth() + 1))
    }

    fn attempt(self) -> u32 {
        (self.0 >> Self::DEPTH_BITS) as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    fn depth(self) -> u32 {
        self.0 as u32
    }
}

thread_local! {
    static PLACE: Cell<Place> = const { Cell::new(Place::OUTSIDE) };
    static DEADLINE: Cell<Option<Tick>> = const { Cell::new(None) };
}

impl Frame {
    /// The frame of this moment.
    pub(crate) fn current() -> Self {
        let place = PLACE.get();
        Self { deadline: DEADLINE.get(), attempt: place.attempt(), depth: place.depth() }
    }

    /// Makes a call with that deadline the current one until the guard is dropped, by a panic too.
    #[inline]
    pub(crate) fn enter(deadline: Option<Tick>, attempt: u32) -> Entered {
        let place = PLACE.get();
        PLACE.set(place.inside(attempt));
        Self::limit(place, deadline)
    }

    /// Makes that deadline hold, as if of a call around, until the guard is dropped; there is no such call.
    #[cfg(feature = "propagation")]
    pub(crate) fn inherit(deadline: Option<Tick>) -> Entered {
        Self::limit(PLACE.get(), deadline)
    }

    /// Until the guard is dropped, which puts `place` back, that deadline holds.
    #[inline]
    fn limit(place: Place, deadline: Option<Tick>) -> Entered {
        // A call without a deadline leaves that of the call around it where it is.
        let mut entered = Entered { place, has_deadline: deadline.is_some(), outer_deadline: None };
        if let Some(own) = deadline {
            let outer = DEADLINE.get();
            DEADLINE.set(Some(outer.map_or(own, |outer| own.min(outer))));
            entered.outer_deadline = outer;
        }
        entered
    }
}

/// Puts the outer frame back when dropped.
#[derive(Debug)]
pub(crate) struct Entered {
    place: Place,
    has_deadline: bool,
    outer_deadline: Option<Tick>,
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        PLACE.set(self.place);
        if self.has_deadline {
            DEADLINE.set(self.outer_deadline);
        }
    }
}

/// The annotated call whose body is running: see [`current`].
#[derive(Clone, Debug)]
pub struct Current {
    frame: Frame,
    key: Option<Arc<str>>,
}

impl Current {
    /// Which attempt of the call this is, from 1; zero outside of any annotated function.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.frame.attempt
    }

    /// How many annotated calls are around this code: 1 in a body, 2 in one that it calls; zero outside.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.frame.depth
    }

    /// The time left until the deadline of the call, or of an outer one where that is sooner. `None` when
    /// there is no deadline, zero when it has passed.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.frame.deadline.map(|deadline| deadline.since(Tick::now()))
    }

    /// What the attribute's `idempotency_key` says of this call: the same in each of its attempts, for the dependency to
    /// know them for one request. `None` without the option, also where a call around this one has it.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<Arc<str>> {
        self.key.clone()
    }
}

/// The annotated call whose body is running on this thread.
///
/// It follows awaits, and nested calls; it does not follow `tokio::spawn`, whose task is no part of the call
/// any more.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::{current, resilient};
///
/// #[resilient(retry = "fixed", base = "1ms", max = 3)]
/// async fn third_time_lucky() -> Result<u32, &'static str> {
///     match current().attempt() {
///         3 => Ok(current().depth()),
///         _ => Err("not yet"),
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert_eq!(third_time_lucky().await, Ok(1));
/// assert_eq!(current().attempt(), 0);
/// # });
/// ```
#[must_use]
pub fn current() -> Current {
    Current { frame: Frame::current(), key: current_key() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sooner_deadline_wins() {
        let (soon, late) = (Tick::from_nanos(1_000), Tick::from_nanos(2_000));
        let _outer = Frame::enter(Some(soon), 1);
        let _inner = Frame::enter(Some(late), 1);
        assert_eq!(Frame::current().deadline, Some(soon));
    }

    #[test]
    fn the_outer_frame_is_back_after_the_inner_one() {
        assert_eq!(current().attempt(), 0);
        let entered = Frame::enter(None, 2);
        assert_eq!((current().attempt(), current().depth()), (2, 1));
        drop(entered);
        assert_eq!(current().attempt(), 0);
    }

    #[test]
    fn a_panic_puts_the_outer_frame_back() {
        let panicked = std::panic::catch_unwind(|| {
            let _entered = Frame::enter(None, 2);
            panic!("in the body");
        });
        assert!(panicked.is_err());
        assert_eq!(current().depth(), 0);
    }
}
