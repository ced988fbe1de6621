//! A call that may get the result of another one: in front of the attempts, inside of the deadline.

use core::future::Future;
use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tracing::Span;

use super::Call;
use super::conclude::conclude;
use super::core::{Core, Stage};
use super::failure::{Failure, Next};
use super::limits::Limits;
use super::timer::{BoxedTimer, Timer, TimerTick};
use crate::coalesce::{Boards, Share};
use crate::error::Rejected;
use crate::event::Event;
use crate::judge::Judges;
use crate::kept::Copies;
use crate::key::Key;
use crate::probe::{Form, Probe};
use crate::telemetry::values::CallOutcome;

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
    pub struct Board<'c, J, L, R> {
        call: &'c mut Call<J, L>,
        #[pin]
        timer: BoxedTimer,
        follows: bool,
        result: PhantomData<fn() -> R>,
    }
}

impl<'c, J, L, R> Board<'c, J, L, R> {
    pub(super) fn new(call: &'c mut Call<J, L>) -> Self {
        Self { call, timer: BoxedTimer::default(), follows: false, result: PhantomData }
    }
}

impl<J: Boards<R>, L: Limits, R> Future for Board<'_, J, L, R> {
    type Output = ControlFlow<R>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let (core, _, judge) = this.call.parts();
        // Keys are compared and results are cloned by the user's code.
        core.stage = Stage::Inside;
        let landed = judge.poll_landed(core.site.flights(), &core.span(), cx);
        core.stage = Stage::Between;
        match landed {
            Poll::Ready(None) => {
                core.leads();
                return Poll::Ready(ControlFlow::Continue(()));
            }
            Poll::Ready(Some(answer)) => {
                let next = core.landed(judge, &answer);
                return Poll::Ready(conclude(judge, next, answer));
            }
            Poll::Pending => {}
        }
        if !core::mem::replace(this.follows, true) {
            core.follows();
        }
        let Some((deadline, _)) = core
            .effective_deadline()
            .filter(|_| core.site.deadline.is_some() || core.time_limit().is_callers())
        else {
            return Poll::Pending;
        };
        if !this.timer.is_armed() {
            this.timer.as_mut().arm(TimerTick(deadline));
        }
        ready!(this.timer.poll_elapsed(cx));
        judge.leave();
        let (rejected, next) = core.follower_out_of_time();
        Poll::Ready(conclude(judge, next, Err(rejected)))
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
