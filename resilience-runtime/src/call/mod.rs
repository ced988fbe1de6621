//! One execution of an annotated function: what its attempts share.
//!
//! The state is split in two. [`Core`] has no type parameters: everything that is not on the way of a first
//! attempt that succeeds lives in it, compiled once, out of line. [`Call`] adds the judge, whose types are the
//! function's own, and stays small enough to be inlined into the user's future.

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
pub mod has;
mod hedge;
mod lane;
mod limited;
mod limits;
mod timer;

use tracing::Span;

use self::attempt::{Attempt, Once};
use self::coalesce::Board;
use self::core::{Core, Detail, Stage};
use self::fallback::{Fallback, FallbackOrNext};
use self::hedge::Hedged;
use self::limited::Limited;
use self::limits::Limits;
pub(crate) use self::limits::Unlimited;
use self::timer::{BoxedTimer, InlineTimer};
#[cfg(feature = "chaos")]
use crate::chaos::Faults;
use crate::site::Site;
use crate::telemetry::trace::Trace;

/// One execution of an annotated function.
///
/// # Cancel safety
///
/// Dropping it at any point gives the breaker's permit back, counts nothing, and ends the spans as cancelled.
#[derive(Debug)]
pub struct Call<J, L> {
    core: Core,
    judge: J,
    limits: L,
}

impl<J, const HAS: u32> Call<J, Unlimited<HAS>> {
    #[inline]
    pub(crate) fn start(site: &'static Site, judge: J) -> Self {
        let detail = if Trace::is_off(site.level) { None } else { Detail::traced(Trace::start(site)) };
        Self { core: Core::start::<HAS>(site, detail), judge, limits: Unlimited }
    }

    #[inline]
    pub(crate) fn start_in(site: &'static Site, span: Span, judge: J) -> Self {
        let detail = if span.is_disabled() { None } else { Detail::traced(Trace::of(span)) };
        Self { core: Core::start::<HAS>(site, detail), judge, limits: Unlimited }
    }

    /// With a throttle, a rate limit or a bulkhead to ask.
    #[inline]
    pub fn limited(self) -> Call<J, Limited<HAS>> {
        let Self { core, judge, limits: Unlimited } = self;
        Call { core, judge, limits: Limited::default() }
    }
}

impl<J, const HAS: u32> Call<J, Limited<HAS>> {
    /// The rate limit is that of this key: see [`key_of`].
    #[inline]
    pub fn limit_key(&mut self, key: u64) {
        self.limits.set_key(key);
    }

    /// The place in the bulkhead's queue: higher first.
    #[inline]
    pub fn priority(&mut self, priority: i32) {
        self.limits.priority = priority;
    }
}

impl<J, L> Call<J, L> {
    /// Runs `body` as the next attempt: `Break` is the call's result, `Continue` asks for another attempt, or
    /// for the fallback where [`falls_back`](Self::falls_back) says so.
    #[inline]
    pub fn attempt<F>(&mut self, body: F) -> Attempt<'_, J, L, F, BoxedTimer>
    where
        L: Limits,
    {
        self.begin_at_once();
        Attempt { call: self, body: Some(body), timer: BoxedTimer::default() }
    }

    /// The same with room for a timer in the future, for a function with a limit: its healthy calls need one
    /// whenever the body has to wait, and must not allocate it.
    #[inline]
    pub fn timed_attempt<F>(&mut self, body: F) -> Attempt<'_, J, L, F, InlineTimer>
    where
        L: Limits,
    {
        self.begin_at_once();
        Attempt { call: self, body: Some(body), timer: InlineTimer::default() }
    }

    /// Runs `body` as the only attempt.
    #[inline]
    pub fn once<F>(&mut self, body: F) -> Once<'_, J, L, F, BoxedTimer>
    where
        L: Limits,
    {
        Once { attempt: self.attempt(body) }
    }

    /// The same with room for a timer in the future.
    #[inline]
    pub fn timed_once<F>(&mut self, body: F) -> Once<'_, J, L, F, InlineTimer>
    where
        L: Limits,
    {
        Once { attempt: self.timed_attempt(body) }
    }

    /// The faults that are injected in front of the bodies of its attempts.
    #[cfg(feature = "chaos")]
    pub fn chaos(&self) -> Faults {
        Faults::new(self.core.site, self.core.is_traced())
    }

    /// Runs bodies of `again` as the next attempt, and beside it those that the hedge allows; otherwise as
    /// [`attempt`](Self::attempt).
    #[inline]
    pub fn hedged<'c, M, F>(&'c mut self, again: &'c mut M) -> Hedged<'c, J, L, M, F>
    where
        L: Limits,
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
        self.core.stage == Stage::FallingBack
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
