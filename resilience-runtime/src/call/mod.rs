//! One execution of an annotated function: what its attempts share.
//!
//! A call whose first attempt is admitted at once, and succeeds at once, is over before there is anything of it; where its
//! body waits, a few words wait with it: see `first`. Any other begins: its state is a [`Core`], which has no type
//! parameters, so that what works on it is compiled once, out of line, and the limits that it asks. The judge stands beside
//! both, and is of the function's own types.

mod attempt;
mod blocking;
#[cfg(feature = "cache")]
mod cache;
mod coalesce;
mod conclude;
mod core;
mod end;
mod failure;
mod fallback;
mod first;
mod hedge;
mod lane;
mod limited;
mod limits;
mod refusal;
mod suspended;
mod time_limit;
mod timer;

use tracing::Span;

use self::attempt::{Attempt, Once};
use self::coalesce::Board;
use self::core::Core;
use self::fallback::{Fallback, FallbackOrNext};
use self::first::{Begun, State};
use self::hedge::Hedged;
use self::limited::Limited;
use self::limits::{Limits, Unlimited};
use self::timer::TaskTimer;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Faults;
use crate::site::Site;
#[cfg(doc)]
use crate::site::has;

/// One execution of an annotated function.
///
/// # Cancel safety
///
/// Dropping it at any point gives the breaker's permit back, ends the spans as cancelled, and lets no policy count an
/// outcome.
#[derive(Debug)]
pub struct Call<J, L> {
    state: State<L>,
    judge: J,
}

impl Site {
    /// Begins a call; `HAS` are the policies that its code asks: see [`has`].
    #[inline]
    pub fn call<J, const HAS: u32>(&'static self, judge: J) -> Call<J, Unlimited<HAS>> {
        Call { state: State::Fresh(self), judge }
    }

    /// Begins a call with a span of the user's own fields.
    #[inline]
    pub fn call_in<J, const HAS: u32>(&'static self, span: Span, judge: J) -> Call<J, Unlimited<HAS>> {
        Call { state: State::spanned(self, span), judge }
    }
}

impl<J, const HAS: u32> Call<J, Unlimited<HAS>> {
    /// With a throttle, a rate limit or a bulkhead to ask.
    #[inline]
    pub fn limited(self) -> Call<J, Limited<HAS>> {
        let Self { state, judge } = self;
        Call { state: state.limited(), judge }
    }
}

impl<J, const HAS: u32> Call<J, Limited<HAS>> {
    /// The rate limit is that of this key, which is made of the user's by [`Key`](crate::__private::Key).
    #[inline]
    pub fn limit_key(&mut self, key: u64) {
        self.state.begun().limits.set_key(key);
    }

    /// The place in the bulkhead's queue: higher first.
    #[inline]
    pub fn priority(&mut self, priority: i32) {
        self.state.begun().limits.priority = priority;
    }
}

impl<J, L: Limits> Call<J, L> {
    /// What has happened, and who judges.
    fn parts(&mut self) -> (&mut Core, &mut L, &mut J) {
        let Begun { core, limits } = self.state.begun();
        (core, limits, &mut self.judge)
    }

    fn core(&mut self) -> &mut Core {
        &mut self.state.begun().core
    }

    /// Runs `body` as the next attempt: `Break` is the call's result, `Continue` asks for another attempt, or
    /// for the fallback where [`falls_back`](Self::falls_back) says so.
    #[inline]
    pub fn attempt<F>(&mut self, body: F) -> Attempt<'_, J, L, F, TaskTimer> {
        // Written out: a call of `default` might unwind, for all that a debug build knows, and cleaning up is compiled once a
        // function.
        Attempt { call: self, body: Some(body), timer: TaskTimer { place: None } }
    }

    /// Runs `body` as the only attempt.
    #[inline]
    pub fn once<F>(&mut self, body: F) -> Once<'_, J, L, F, TaskTimer> {
        Once { attempt: self.attempt(body) }
    }

    /// The faults that are injected in front of the bodies of its attempts.
    #[cfg(feature = "chaos")]
    pub fn chaos(&mut self) -> Faults {
        let core = self.core();
        Faults::new(core.site, core.is_traced())
    }

    /// Runs bodies of `again` as the next attempt, and beside it those that the hedge allows; otherwise as
    /// [`attempt`](Self::attempt).
    #[inline]
    pub fn hedged<'c, M, F>(&'c mut self, again: &'c mut M) -> Hedged<'c, J, L, M, F>
    where
        M: FnMut() -> F,
        F: Future,
    {
        Hedged::new(self, again)
    }

    /// Waits for the result of a call that asks for the same: `Break` is this call's result too, `Continue` says that this
    /// one is to make the attempts, or the fallback where [`falls_back`](Self::falls_back) says so.
    pub fn board<R>(&mut self) -> Board<'_, J, L, R> {
        Board::new(self)
    }

    /// Whether all attempts are over and the fallback is to answer.
    #[inline]
    pub fn falls_back(&self) -> bool {
        self.state.falls_back()
    }

    /// Runs `body` as the fallback, the last one where there are several.
    pub fn fallback<F>(&mut self, body: F) -> Fallback<'_, J, L, F> {
        Fallback::new(self, body)
    }

    /// Runs `body` as a fallback with another one behind it: `Break` is the call's result, `Continue` asks for the
    /// next.
    pub fn fallback_or_next<F>(&mut self, body: F) -> FallbackOrNext<'_, J, L, F> {
        FallbackOrNext::new(self.fallback(body))
    }
}
