//! What a function's body can learn about the call it runs in, and what a nested call inherits.
//!
//! The frame lives in thread-locals that are set while a body is polled, and only then: a first attempt counts one up and
//! down again, and moves two words more where its call has a deadline. It needs no allocation and no runtime, and cannot
//! leak into another task.

pub(crate) mod idempotency;
pub(crate) mod inherited;

use core::cell::Cell;
use core::time::Duration;
use std::sync::Arc;

use self::idempotency::current_key;
use crate::time::Tick;

/// The innermost annotated call that is being polled on this thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) deadline: Option<Tick>,
    pub(crate) attempt: u32,
    pub(crate) depth: u32,
}

/// The attempt of the call at that depth, where it is not its first.
#[derive(Clone, Copy, Debug, Default)]
struct Other {
    depth: u32,
    attempt: u32,
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static OTHER: Cell<Other> = const { Cell::new(Other { depth: 0, attempt: 0 }) };
    static DEADLINE: Cell<Option<Tick>> = const { Cell::new(None) };
}

impl Frame {
    /// The frame of this moment.
    pub(crate) fn current() -> Self {
        let (depth, other) = (DEPTH.get(), OTHER.get());
        let attempt = if other.depth == depth { other.attempt } else { 1 };
        Self { deadline: DEADLINE.get(), attempt, depth }
    }

    /// Makes a call with that deadline the current one until the guard is dropped, by a panic too.
    #[inline]
    pub(crate) fn enter(deadline: Option<Tick>, attempt: u32) -> Entered {
        let depth = DEPTH.get() + 1;
        DEPTH.set(depth);
        let mut entered = Self::limit(deadline);
        entered.is_call = true;
        entered.outer_other = (attempt != 1).then(|| OTHER.replace(Other { depth, attempt }));
        entered
    }

    /// Makes that deadline hold, as if of a call around, until the guard is dropped; there is no such call.
    #[cfg(feature = "propagation")]
    pub(crate) fn inherit(deadline: Option<Tick>) -> Entered {
        Self::limit(deadline)
    }

    /// Until the guard is dropped, that deadline holds.
    #[inline]
    fn limit(deadline: Option<Tick>) -> Entered {
        // A call without a deadline leaves that of the call around it where it is.
        let mut entered = Entered {
            is_call: false,
            outer_other: None,
            has_deadline: deadline.is_some(),
            outer_deadline: None,
        };
        if let Some(own) = deadline {
            let outer = DEADLINE.get();
            DEADLINE.set(Some(outer.map_or(own, |outer| own.min(outer))));
            entered.outer_deadline = outer;
        }
        entered
    }
}

/// Puts the outer frame back when dropped: of each part, what was there, if it was changed.
#[derive(Debug)]
pub(crate) struct Entered {
    is_call: bool,
    outer_other: Option<Other>,
    has_deadline: bool,
    outer_deadline: Option<Tick>,
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        if self.is_call {
            DEPTH.set(DEPTH.get() - 1);
        }
        if let Some(outer) = self.outer_other {
            OTHER.set(outer);
        }
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
    fn each_depth_has_its_own_attempt() {
        let of_now = || (current().depth(), current().attempt());
        let second = Frame::enter(None, 2);
        {
            let _first = Frame::enter(None, 1);
            assert_eq!(of_now(), (2, 1));
            let third = Frame::enter(None, 3);
            assert_eq!(of_now(), (3, 3));
            {
                // A fallback of a call that made no attempt.
                let _none = Frame::enter(None, 0);
                assert_eq!(of_now(), (4, 0));
            }
            assert_eq!(of_now(), (3, 3));
            drop(third);
            assert_eq!(of_now(), (2, 1));
        }
        assert_eq!(of_now(), (1, 2));
        drop(second);
        assert_eq!(of_now(), (0, 0));
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
