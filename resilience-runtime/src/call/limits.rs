//! What an attempt asks before it begins: the breaker, and in [`limited`](super::limited) throttle, rate limiter and
//! bulkhead too.
//!
//! They are a type parameter of the call, so that a function without any has no room for them in its future and no
//! question after them on its way.

use core::mem::ManuallyDrop;
use core::task::{Context, Poll};

use super::core::Core;
use super::timer::Timer;
use crate::outcome::{Rejected, RejectedKind};
use crate::policy::bulkhead::Slot;
#[cfg(doc)]
use crate::site::has;

/// What an attempt has to ask, and what it holds while its body runs.
pub trait Limits: Sized {
    /// The policies of the function: see [`has`].
    const HAS: u32;

    /// Those of an attempt for which so much was asked.
    #[doc(hidden)]
    fn new(asked: Asked) -> Self;

    /// Asks everything in its order, the breaker too, waits where it has to, and begins the attempt.
    #[doc(hidden)]
    fn poll_admission<T: Timer>(
        &mut self,
        core: CoreRef<'_>,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>>;

    /// Gives back what the attempt held; `failed` as for the breaker.
    #[doc(hidden)]
    fn settle(&mut self, failed: Option<bool>);

    /// The body is about to be polled or dropped, or it waits.
    #[doc(hidden)]
    fn set_inside(&mut self, is_inside: bool);

    /// Those of another attempt of the same call, which holds nothing yet.
    #[doc(hidden)]
    #[must_use]
    fn beside(&self) -> Self;

    /// Asks everything in its order without waiting; what had nothing free, if one had not.
    #[doc(hidden)]
    fn admit_at_once(&mut self, core: CoreRef<'_>) -> Result<(), RejectedKind>;
}

/// A [`Core`] in the signature of [`Limits`], which generated code can see but not make.
#[derive(Debug)]
pub struct CoreRef<'c>(pub(super) &'c mut Core);

/// What was asked for an attempt, and what came of it.
#[derive(Debug, Default)]
pub struct Asked {
    /// What is to be asked next.
    pub(super) step: Step,
    pub(super) slot: Option<ManuallyDrop<Slot<'static>>>,
}

/// What is to be asked next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Step {
    /// The throttle, then the breaker.
    #[default]
    Throttle,
    RateLimit,
    Bulkhead,
    /// Nothing: the user's code is on the stack, and a drop that finds it there is a panic's.
    Body,
}

/// A function without a limit.
#[derive(Clone, Copy, Debug)]
pub struct Unlimited<const HAS: u32>;

impl<const HAS: u32> Limits for Unlimited<HAS> {
    const HAS: u32 = HAS;

    #[inline]
    fn new(_asked: Asked) -> Self {
        Self
    }

    #[inline]
    fn poll_admission<T: Timer>(
        &mut self,
        core: CoreRef<'_>,
        _timer: &mut T,
        _cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>> {
        Poll::Ready(core.0.admit())
    }

    #[inline]
    fn settle(&mut self, _failed: Option<bool>) {}

    #[inline]
    fn set_inside(&mut self, _is_inside: bool) {}

    #[inline]
    fn beside(&self) -> Self {
        Self
    }

    fn admit_at_once(&mut self, core: CoreRef<'_>) -> Result<(), RejectedKind> {
        core.0.ask_breaker().map_err(|rejected| rejected.kind())
    }
}
