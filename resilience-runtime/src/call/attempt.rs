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

use pin_project_lite::pin_project;
use tracing::Span;

use super::Call;
use super::conclude::conclude;
use super::core::{Core, Stage};
use super::failure::Next;
use super::limits::{CoreRef, Limits};
use super::timer::{Timer, TimerTick};
use crate::error::Rejected;
use crate::judge::Judges;
use crate::outcome::Class;

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
        let Some(first) = state.begin_first() else { return self.poll_begun(cx) };
        let Some(body) = this.body.as_pin_mut() else {
            unreachable!("a call that has not begun has a body to poll");
        };
        let polled = {
            let _entered = first.enter();
            body.poll(cx)
        };
        let Poll::Ready(result) = polled else {
            first.goes_on(Stage::Running);
            return self.suspended(cx);
        };
        let Some(class) = judge.class(&result) else {
            first.succeed();
            judge.succeeded(&result);
            return Poll::Ready(ControlFlow::Break(result));
        };
        first.goes_on(Stage::Inside);
        self.failed(result, class, cx)
    }
}

impl<J, L, F, T> Attempt<'_, J, L, F, T>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    T: Timer,
{
    /// Polls an attempt of a call that has begun.
    #[inline(never)]
    fn poll_begun(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ControlFlow<F::Output>> {
        let mut this = self.as_mut().project();
        let call = &mut **this.call;
        if call.core().stage == Stage::Between {
            match call.before_or_after(this.body.is_none(), this.timer, cx) {
                Before::Admission => return Poll::Pending,
                Before::Body => {}
                Before::Over(polled) => {
                    this.body.set(None);
                    return polled;
                }
            }
        }
        let (core, limits, judge) = call.parts();
        let Some(body) = this.body.as_pin_mut() else {
            unreachable!("an attempt is not polled again after its end");
        };
        core.stage = Stage::Inside;
        let polled = {
            let _frame = core.enter_frame(L::HAS);
            let _span = core.body_span().map(Span::enter);
            body.poll(cx)
        };
        let Poll::Ready(result) = polled else { return self.suspended(cx) };
        let Some(class) = judge.class(&result) else {
            limits.settle(Some(false));
            core.succeeded(L::HAS);
            judge.succeeded(&result);
            return Poll::Ready(ControlFlow::Break(result));
        };
        self.failed(result, class, cx)
    }

    /// The body is suspended.
    #[inline(never)]
    fn suspended(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ControlFlow<F::Output>> {
        let mut this = self.project();
        let core = this.call.core();
        ready!(core.suspended(this.timer.as_mut(), cx));
        // What the body holds is free before anyone hears that it timed out.
        core.stage = Stage::Inside;
        {
            let _span = core.body_span().map(Span::enter);
            this.body.set(None);
        }
        this.call.timed_out(this.timer, cx)
    }

    /// The body answered, and the answer counts as a failure.
    #[cold]
    #[inline(never)]
    fn failed(
        self: Pin<&mut Self>,
        result: F::Output,
        class: Class,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<F::Output>> {
        let mut this = self.project();
        // Neither the failed body nor its answer outlives the attempt into the wait.
        this.body.set(None);
        this.call.failed(result, class, this.timer, cx)
    }
}

/// What an attempt has come to that is between others.
enum Before<R> {
    /// It waits to be admitted.
    Admission,
    /// It is to run its body.
    Body,
    /// Its body has run, or never will.
    Over(Poll<ControlFlow<R>>),
}

impl Core {
    /// The body is suspended: under its limit, if it has one, which is over when this is ready.
    fn suspended<T: Timer>(&mut self, mut timer: Pin<&mut T>, cx: &mut Context<'_>) -> Poll<()> {
        self.stage = Stage::Running;
        if !self.has_limit() {
            return Poll::Pending;
        }
        if !timer.is_armed() {
            match self.timeout_alone() {
                Some(timeout) => timer.as_mut().arm_after(timeout),
                None => timer.as_mut().arm(TimerTick(self.limit())),
            }
        }
        timer.poll_elapsed(cx)
    }

    /// Polls the wait before the next attempt.
    fn poll_wait<T: Timer>(&mut self, timer: Pin<&mut T>, cx: &mut Context<'_>) -> Poll<()> {
        ready!(timer.poll_elapsed(cx));
        self.waited();
        Poll::Ready(())
    }
}

impl<J, L: Limits> Call<J, L> {
    /// Waits for the attempt's turn, or for the next one where its body `is_over`.
    #[cold]
    fn before_or_after<R, T: Timer>(
        &mut self,
        is_over: bool,
        mut timer: Pin<&mut T>,
        cx: &mut Context<'_>,
    ) -> Before<R>
    where
        J: Judges<R>,
    {
        let (core, limits, _) = self.parts();
        if is_over {
            return Before::Over(core.poll_wait(timer, cx).map(ControlFlow::Continue));
        }
        match limits.poll_admission(CoreRef(core), timer.as_mut(), cx) {
            Poll::Pending => Before::Admission,
            Poll::Ready(Err(rejected)) => {
                let next = core.refused(&rejected);
                Before::Over(self.go_on(next, Err(rejected), timer, cx))
            }
            Poll::Ready(Ok(())) => {
                core.stage = Stage::Running;
                Before::Body
            }
        }
    }

    /// The body answered, and the answer counts as a failure.
    #[cold]
    fn failed<R, T: Timer>(
        &mut self,
        result: R,
        class: Class,
        timer: Pin<&mut T>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>>
    where
        J: Judges<R>,
    {
        let (core, limits, judge) = self.parts();
        limits.settle(core.verdict(class.is_failure()));
        let error_type = judge.error_type(&result);
        let message = if core.is_traced() { judge.message(&result) } else { None };
        let next = core.failed(class, error_type, message);
        self.go_on(next, Ok(result), timer, cx)
    }

    /// The body was suspended for too long, and is dropped.
    #[cold]
    fn timed_out<R, T: Timer>(&mut self, timer: Pin<&mut T>, cx: &mut Context<'_>) -> Poll<ControlFlow<R>>
    where
        J: Judges<R>,
    {
        let (core, limits, _) = self.parts();
        let failed = core.verdict(Some(true));
        limits.settle(failed);
        let (rejected, next) = core.timed_out();
        self.go_on(next, Err(rejected), timer, cx)
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
