//! One attempt: the future that asks the breaker, polls the body under its limit, judges the answer and waits
//! before the next attempt.
//!
//! It is written by hand because an `async fn` would store the body twice, once as its argument and once in
//! the state where it is awaited. On the way of a body that is ready at once and succeeds there is no clock,
//! no timer and no allocation.

use core::future::Future;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use super::Call;
use super::conclude::conclude;
use super::core::{Core, Stage};
use super::failure::Next;
use super::first::Polled;
use super::limits::{CoreRef, Limits};
use super::timer::{Timer, TimerTick};
use crate::error::Rejected;
use crate::judge::Judges;
use crate::outcome::Class;
use crate::time::Moment;
use pin_project_lite::pin_project;

pin_project! {
    /// One attempt of a call; see [`Call::attempt`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Attempt<'c, J, L, F, T> {
        pub(super) call: &'c mut Call<J, L>,
        #[pin]
        pub(super) body: Option<F>,
        #[pin]
        pub(super) timer: T,
    }
}

impl<J, L, F, T> Attempt<'_, J, L, F, T> {
    /// The timer of its waits.
    pub(super) fn timer(self: Pin<&mut Self>) -> Pin<&mut T> {
        self.project().timer
    }
}

impl<J, L, F, T> Future for Attempt<'_, J, L, F, T>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    T: Timer,
{
    type Output = ControlFlow<F::Output>;

    // What a healthy call runs through is inlined into the user's future; every other way leads out of line.
    //
    // Each function has a body of its own type, so that all that knows the type is compiled once a function. What can do
    // without it is not here: functions that return the same share it.
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.as_mut().project();
        let Call { state, judge } = &mut **this.call;
        let Some(first) = state.begin_first() else {
            return match state.refuse() {
                Some(rejected) => Poll::Ready(conclude(judge, Next::Stop, Err(rejected))),
                None => self.go_on(Step::Poll, cx),
            };
        };
        let step = match poll_first(first, judge, this.body, this.timer, cx) {
            Ok(polled) => return polled.map(ControlFlow::Break),
            Err(step) => step,
        };
        self.go_on(step, cx)
    }
}

/// Polls the body of a first attempt: the call's answer, or what there is to do besides.
#[cfg_attr(
    not(debug_assertions),
    expect(clippy::inline_always, reason = "what the attempt holds stays in registers"),
    inline(always)
)]
fn poll_first<J, L, F, T>(
    first: Polled<'_, L>,
    judge: &mut J,
    body: Pin<&mut Option<F>>,
    timer: Pin<&mut T>,
    cx: &mut Context<'_>,
) -> Result<Poll<F::Output>, Step<F::Output>>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    T: Timer,
{
    let Some(body) = body.as_pin_mut() else {
        unreachable!("a first attempt has a body to poll");
    };
    let polled = {
        let _entered = first.enter();
        body.poll(cx)
    };
    match polled {
        Poll::Pending => {
            let (limit, now) = first.suspend();
            match limit.poll_elapsed(now, timer, cx) {
                Poll::Pending => Ok(Poll::Pending),
                Poll::Ready(()) => Err(Step::TimedOut),
            }
        }
        Poll::Ready(result) => match judge.class(&result) {
            None => {
                first.succeed();
                judge.succeeded(&result);
                Ok(Poll::Ready(result))
            }
            Some(class) => {
                first.goes_on();
                Err(Step::Failed(result, class))
            }
        },
    }
}

/// What there is to do for an attempt of a call that has begun.
enum Step<R> {
    /// To ask, or to wait, or to poll the body.
    Poll,
    /// The body was polled.
    Polled(Poll<R>),
    /// The body answered, and the answer counts as a failure.
    Failed(R, Class),
    /// The body was suspended for too long.
    TimedOut,
    /// The body never ran, or has run before.
    Over(Poll<ControlFlow<R>>),
}

/// How an attempt is over.
enum End<R> {
    /// Its body never ran, or has run before.
    Over(Poll<ControlFlow<R>>),
    /// Its body answered, and the answer counts as a failure.
    Failed(R, Class),
    /// Its body was suspended for too long.
    TimedOut,
}

impl<J, L, F, T> Attempt<'_, J, L, F, T>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    T: Timer,
{
    /// Does for an attempt of a call that has begun what there is to do.
    #[inline(never)]
    fn go_on(
        self: Pin<&mut Self>,
        mut step: Step<F::Output>,
        cx: &mut Context<'_>,
    ) -> Poll<<Self as Future>::Output> {
        let mut this = self.project();
        let call = &mut **this.call;
        if let Step::Poll = step
            && let Some(first) = call.state.resume()
        {
            match poll_first(first, &mut call.judge, this.body.as_mut(), this.timer.as_mut(), cx) {
                Ok(polled) => return polled.map(ControlFlow::Break),
                Err(left) => step = left,
            }
        }
        let step = match step {
            Step::Poll => match ready!(call.before(this.body.is_none(), this.timer.as_mut(), cx)) {
                Step::Poll => {
                    let Some(body) = this.body.as_mut().as_pin_mut() else {
                        unreachable!("an attempt is not polled again after its end");
                    };
                    let _inside = call.core().enter_body(L::HAS);
                    Step::Polled(body.poll(cx))
                }
                step => step,
            },
            step => step,
        };
        let end = match ready!(call.after(step, this.timer.as_mut(), cx)) {
            Ok(result) => return Poll::Ready(ControlFlow::Break(result)),
            Err(end) => end,
        };
        {
            // What the body holds is free before anyone hears how it ended, and does not outlive the attempt into the wait.
            let _span = if matches!(end, End::Over(_)) { None } else { call.core().leave_body() };
            this.body.set(None);
        }
        call.end(end, this.timer, cx)
    }
}

impl Core {
    /// Polls the wait before the next attempt.
    fn poll_wait<T: Timer>(&mut self, timer: Pin<&mut T>, cx: &mut Context<'_>) -> Poll<()> {
        ready!(timer.poll_elapsed(cx));
        self.waited();
        Poll::Ready(())
    }
}

impl<J, L: Limits> Call<J, L> {
    /// Waits for the attempt's turn, or for the next one where its body `is_over`.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "what is moved in and out would wait for itself in memory"),
        inline(always)
    )]
    fn before<R, T: Timer>(
        &mut self,
        is_over: bool,
        timer: Pin<&mut T>,
        cx: &mut Context<'_>,
    ) -> Poll<Step<R>>
    where
        J: Judges<R>,
    {
        if self.core().stage != Stage::Between {
            return Poll::Ready(Step::Poll);
        }
        if is_over {
            ready!(self.core().poll_wait(timer, cx));
            return Poll::Ready(Step::Over(Poll::Ready(ControlFlow::Continue(()))));
        }
        self.admit(timer, cx)
    }

    /// Waits for the attempt's turn.
    #[cold]
    fn admit<R, T: Timer>(&mut self, mut timer: Pin<&mut T>, cx: &mut Context<'_>) -> Poll<Step<R>>
    where
        J: Judges<R>,
    {
        let (core, limits, _) = self.parts();
        if let Err(rejected) = ready!(limits.poll_admission(CoreRef(core), timer.as_mut(), cx)) {
            let next = core.refused(&rejected);
            return Poll::Ready(Step::Over(self.go_on(next, Err(rejected), timer, cx)));
        }
        core.stage = Stage::Running;
        Poll::Ready(Step::Poll)
    }

    /// What came of the body: the call's answer, or how the attempt ended otherwise.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "what is moved in and out would wait for itself in memory"),
        inline(always)
    )]
    fn after<R, T: Timer>(
        &mut self,
        step: Step<R>,
        timer: Pin<&mut T>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<R, End<R>>>
    where
        J: Judges<R>,
    {
        let (core, limits, judge) = self.parts();
        let end = match step {
            Step::Poll => unreachable!("the body was polled"),
            Step::Polled(Poll::Pending) => {
                core.stage = Stage::Running;
                ready!(core.time_limit().poll_elapsed(Moment::default(), timer, cx));
                End::TimedOut
            }
            Step::Polled(Poll::Ready(result)) => {
                let Some(class) = judge.class(&result) else {
                    limits.settle(Some(false));
                    core.succeeded(L::HAS);
                    judge.succeeded(&result);
                    return Poll::Ready(Ok(result));
                };
                End::Failed(result, class)
            }
            Step::Failed(result, class) => End::Failed(result, class),
            Step::TimedOut => End::TimedOut,
            Step::Over(polled) => End::Over(polled),
        };
        Poll::Ready(Err(end))
    }

    /// Ends an attempt whose body is dropped.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "what is moved in and out would wait for itself in memory"),
        inline(always)
    )]
    fn end<R, T: Timer>(
        &mut self,
        end: End<R>,
        timer: Pin<&mut T>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>>
    where
        J: Judges<R>,
    {
        let (core, limits, judge) = self.parts();
        let (next, answer) = match end {
            End::Over(polled) => return polled,
            End::Failed(result, class) => {
                limits.settle(core.verdict(class.is_failure()));
                let error_type = judge.error_type(&result);
                let message = if core.is_traced() { judge.message(&result) } else { None };
                (core.failed(class, error_type, message), Ok(result))
            }
            End::TimedOut => {
                let failed = core.verdict(Some(true));
                limits.settle(failed);
                let (rejected, next) = core.timed_out();
                (next, Err(rejected))
            }
        };
        self.go_on(next, answer, timer, cx)
    }

    /// Ends the attempt with its answer, or waits for the next.
    fn go_on<R, T: Timer>(
        &mut self,
        next: Next,
        answer: Result<R, Rejected>,
        mut timer: Pin<&mut T>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>>
    where
        J: Judges<R>,
    {
        match next {
            Next::RetryAt(tick) => {
                drop(answer);
                timer.as_mut().arm(TimerTick(tick));
                self.core().poll_wait(timer, cx).map(ControlFlow::Continue)
            }
            next => Poll::Ready(conclude(&mut self.judge, next, answer)),
        }
    }
}

pin_project! {
    /// The only attempt of a call; see [`Call::once`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Once<'c, J, L, F, T> {
        #[pin]
        pub(super) attempt: Attempt<'c, J, L, F, T>,
    }
}

impl<J, L, F, T> Future for Once<'_, J, L, F, T>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    T: Timer,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match ready!(self.project().attempt.poll(cx)) {
            ControlFlow::Break(result) => Poll::Ready(result),
            ControlFlow::Continue(()) => {
                unreachable!("a function without retry and fallback has one attempt")
            }
        }
    }
}
