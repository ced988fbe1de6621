//! A call that may get the result of another one: in front of the attempts, inside of the deadline.

use core::future::Future;
use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use pin_project_lite::pin_project;
use tracing::Span;

use super::Call;
use super::conclude::conclude;
use super::core::{Core, Stage};
use super::failure::{Failure, Next};
use super::limits::Limits;
use super::timer::{TaskTimer, Timer, TimerTick};
use crate::event::Event;
use crate::outcome::judge::{Judges, Until};
use crate::outcome::probe::{Form, Probe};
use crate::outcome::{Rejected, RejectedKind};
use crate::policy::answer::kept::Copies;
use crate::policy::answer::key::Key;
use crate::policy::coalesce::{Boards, Coming, Share};
use crate::telemetry::values::CallOutcome;
use crate::time::Tick;

impl<J, L> Call<J, L> {
    /// With a result that is shared by the calls of that `key`.
    pub fn coalescing<R, M: Form<R>>(
        self,
        probe: Probe<R, M>,
        answers: Copies<M::Ok>,
        errors: Copies<M::Error>,
        key: Key,
    ) -> Call<Share<J, R, M>, L> {
        let Self { state, judge } = self;
        Call { state, judge: Share::new(judge, probe, answers, errors, key) }
    }
}

pin_project! {
    /// The wait for the result of another call; see [`Call::board`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Board<'c, J, L, R, T = TaskTimer> {
        call: &'c mut Call<J, L>,
        timer: T,
        follows: bool,
        result: PhantomData<fn() -> R>,
    }
}

impl<'c, J, L, R, T: Default> Board<'c, J, L, R, T> {
    pub(super) fn new(call: &'c mut Call<J, L>) -> Self {
        Self { call, timer: T::default(), follows: false, result: PhantomData }
    }
}

impl<J, L, R, T> Board<'_, J, L, R, T> {
    /// The timer of its wait.
    pub(super) fn timer(self: Pin<&mut Self>) -> &mut T {
        self.project().timer
    }
}

impl<J: Boards<R>, L: Limits, R, T: Timer> Future for Board<'_, J, L, R, T> {
    type Output = ControlFlow<R>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (core, _, judge) = this.call.parts();
        let deadline = core.effective_deadline().map(|(deadline, _)| deadline);
        // Keys are compared and results are cloned by the user's code.
        core.stage = Stage::Inside;
        let landed =
            judge.poll_landed(core.site.flights(), Coming { span: &core.span(), deadline, revision: 0 }, cx);
        core.stage = Stage::Between;
        match landed {
            Poll::Ready(None) => {
                core.leads();
                return Poll::Ready(ControlFlow::Continue(()));
            }
            // The leader's deadline, which comes no sooner than this call's.
            Poll::Ready(Some(Err(rejected))) if rejected.kind() == RejectedKind::Deadline => {
                return Poll::Ready(core.follower_is_out_of_time(judge));
            }
            Poll::Ready(Some(answer)) => {
                let next = core.landed(judge, &answer);
                return Poll::Ready(conclude(judge, next, answer, Until(None)));
            }
            Poll::Pending => {}
        }
        if !core::mem::replace(this.follows, true) {
            core.follows();
        }
        let has_timer = core.site.config.deadline.is_some() || core.time_limit().is_callers();
        let Some(deadline) = deadline.filter(|_| has_timer) else { return Poll::Pending };
        if !this.timer.is_armed() {
            this.timer.arm(TimerTick(deadline));
        }
        ready!(this.timer.poll_elapsed(cx));
        judge.leave();
        Poll::Ready(core.follower_is_out_of_time(judge))
    }
}

impl Core {
    /// The call's span, or none.
    fn span(&self) -> Span {
        self.detail.as_deref().map_or_else(Span::none, |detail| detail.trace.call().clone())
    }

    /// This call makes the attempts.
    fn leads(&self) {
        if let Some(budget) = self.site.get_budget() {
            budget.deposit();
        }
    }

    /// Another call makes them.
    fn follows(&self) {
        let (cache, operation) = (self.site.cache_name(), self.site.operation());
        self.emit(&Event::Coalesced { cache, operation });
    }

    /// This call's time is over before the other one's attempts have answered.
    fn follower_is_out_of_time<R, J: Judges<R>>(&mut self, judge: &mut J) -> ControlFlow<R> {
        let (rejected, next) = self.follower_out_of_time();
        conclude(judge, next, Err(rejected), Until(None))
    }

    /// Up to which deadline those who wait fare no better than this call, whose attempts ended with `failed`: `None`, which is
    /// all of them, where it was not for want of time.
    ///
    /// Not just up to its own: a retry, or a turn at the rate limiter, that comes too late for this call does so for whoever has
    /// little more time. Were they to take over, each would try once more, one behind the other and without a wait.
    pub(super) fn shares_until<R>(&self, failed: &Result<R, Rejected>) -> Until {
        if !self.site.config.coalesces {
            return Until(None);
        }
        let until = self.effective_deadline().and_then(|(deadline, _)| {
            let left = deadline.since(Tick::now());
            let short_of = match (self.short_of_time, failed) {
                (Some(millis), _) => Duration::from_millis(millis.get().into()),
                _ if left.is_zero() => Duration::ZERO,
                (None, Err(refused)) if refused.kind() == RejectedKind::RateLimited => {
                    let max_wait = self.site.get_rate_limit()?.max_wait();
                    let wait = refused.retry_after().filter(|wait| *wait <= max_wait)?;
                    wait.checked_sub(left)?
                }
                _ => return None,
            };
            Some(deadline.after(short_of))
        });
        Until(until)
    }

    /// The other call's attempts ended with `answer`, which is this call's too.
    fn landed<R, J: Judges<R>>(&mut self, judge: &J, answer: &Result<R, Rejected>) -> Next {
        let failure = match answer {
            Err(rejected) => self.shared_refusal(rejected),
            Ok(result) => {
                let Some(class) = judge.class(result) else {
                    self.finish(CallOutcome::Coalesced, None);
                    return Next::Stop;
                };
                let message = if self.is_traced() { judge.message(result) } else { None };
                Failure::answered(class, judge.error_type(result), message)
            }
        };
        self.give_up(&failure, None)
    }
}
