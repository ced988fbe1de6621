//! What an attempt asks before it begins: the breaker, and in [`limited`](super::limited) throttle, rate limiter and
//! bulkhead too.
//!
//! They are a type parameter of the call, so that a function without any has no room for them in its future and no
//! question after them on its way.

use core::pin::Pin;
use core::task::{Context, Poll};

use super::core::Core;
#[cfg(doc)]
use super::has;
use super::timer::Timer;
use crate::error::Rejected;

/// What an attempt has to ask, and what it holds while its body runs.
pub trait Limits {
    /// The policies of the function: see [`has`].
    const HAS: u32;

    /// Asks everything that answers at once when all is well, and begins the attempt; `false` where more than that is
    /// to be done, which goes on from where this stopped.
    #[doc(hidden)]
    fn begins_at_once(&mut self, core: CoreRef<'_>) -> bool;

    /// Asks everything in its order, the breaker too, waits where it has to, and begins the attempt.
    #[doc(hidden)]
    fn poll_admission<T: Timer>(
        &mut self,
        core: CoreRef<'_>,
        timer: Pin<&mut T>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>>;

    /// Gives back what the attempt held; `failed` as for the breaker.
    #[doc(hidden)]
    fn settle(&mut self, failed: Option<bool>);

    /// Those of another attempt of the same call, which holds nothing yet.
    #[doc(hidden)]
    #[must_use]
    fn beside(&self) -> Self;

    /// Asks everything in its order without waiting; whether all of it was free.
    #[doc(hidden)]
    fn admit_at_once(&mut self, core: CoreRef<'_>) -> bool;
}

/// A [`Core`] in the signature of [`Limits`], which generated code can see but not make.
#[derive(Debug)]
pub struct CoreRef<'c>(pub(super) &'c mut Core);

/// A function without a limit.
#[derive(Clone, Copy, Debug)]
pub struct Unlimited<const HAS: u32>;

impl<const HAS: u32> Limits for Unlimited<HAS> {
    const HAS: u32 = HAS;

    #[inline]
    fn begins_at_once(&mut self, core: CoreRef<'_>) -> bool {
        let passes = core.0.passes_breaker::<HAS>();
        if passes {
            core.0.begin_untraced();
        }
        passes
    }

    #[inline]
    fn poll_admission<T: Timer>(
        &mut self,
        core: CoreRef<'_>,
        _timer: Pin<&mut T>,
        _cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>> {
        Poll::Ready(core.0.admit())
    }

    #[inline]
    fn settle(&mut self, _failed: Option<bool>) {}

    #[inline]
    fn beside(&self) -> Self {
        Self
    }

    fn admit_at_once(&mut self, core: CoreRef<'_>) -> bool {
        core.0.ask_breaker().is_ok()
    }
}
