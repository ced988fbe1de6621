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
use super::core::Stage;
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
        call: &'c mut Call<J, L>,
        #[pin]
        body: Option<F>,
        #[pin]
        timer: T,
    }
}

impl<'c, J, L, F, T> Attempt<'c, J, L, F, T> {
    /// Asks, if that is done at once, before anything is polled: what is known here of a first attempt is not where it
    /// is polled, which may be for the second time.
    #[inline]
    pub(crate) fn new(call: &'c mut Call<J, L>, body: F) -> Self
    where
        L: Limits,
        T: Default,
    {
        if call.limits.begins_at_once(CoreRef(&mut call.core)) {
            call.core.stage = Stage::Running;
        }
        Self { call, body: Some(body), timer: T::default() }
    }

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
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.call.core.stage == Stage::Between
            && let Some(polled) = self.as_mut().before_or_after(cx)
        {
            return polled;
        }
        let this = self.as_mut().project();
        let Call { core, judge, limits } = &mut **this.call;
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
        match judge.class(&result) {
            None => {
                limits.settle(Some(false));
                core.succeeded(L::HAS);
                judge.succeeded(&result);
                Poll::Ready(ControlFlow::Break(result))
            }
            Some(class) => self.failed(result, class, cx),
        }
    }
}

impl<J, L, F, T> Attempt<'_, J, L, F, T>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
    T: Timer,
{
    /// Waits for its turn, or without a body for the next attempt; nothing when the body is to be polled.
    #[cold]
    fn before_or_after(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Option<Poll<<Self as Future>::Output>> {
        let this = self.as_mut().project();
        if this.body.is_none() {
            return Some(self.wait(cx));
        }
        let Call { core, limits, .. } = &mut **this.call;
        match limits.poll_admission(CoreRef(core), this.timer, cx) {
            Poll::Pending => Some(Poll::Pending),
            Poll::Ready(Err(rejected)) => Some(self.refused(&rejected, cx)),
            Poll::Ready(Ok(())) => {
                core.stage = Stage::Running;
                None
            }
        }
    }

    /// The body answered, and the answer counts as a failure.
    #[cold]
    fn failed(
        mut self: Pin<&mut Self>,
        result: F::Output,
        class: Class,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<F::Output>> {
        let Call { core, judge, limits } = &mut **self.as_mut().project().call;
        limits.settle(core.verdict(class.is_failure()));
        let error_type = judge.error_type(&result);
        let message = if core.is_traced() { judge.message(&result) } else { None };
        let next = core.failed(class, error_type, message);
        self.go_on(next, Ok(result), cx)
    }

    /// A policy refused the attempt.
    #[cold]
    fn refused(
        mut self: Pin<&mut Self>,
        rejected: &Rejected,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<F::Output>> {
        let next = self.as_mut().project().call.core.refused(rejected);
        self.go_on(next, Err(*rejected), cx)
    }

    /// The body is suspended: under its limit, if it has one.
    fn suspended(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ControlFlow<F::Output>> {
        let mut this = self.as_mut().project();
        let core = &mut this.call.core;
        core.stage = Stage::Running;
        if !core.has_limit() {
            return Poll::Pending;
        }
        if !this.timer.is_armed() {
            match core.timeout_alone() {
                Some(timeout) => this.timer.as_mut().arm_after(timeout),
                None => this.timer.as_mut().arm(TimerTick(core.limit())),
            }
        }
        ready!(this.timer.poll_elapsed(cx));
        // What the body holds is free before anyone hears that it timed out.
        core.stage = Stage::Inside;
        {
            let _span = core.body_span().map(Span::enter);
            this.body.set(None);
        }
        let failed = this.call.core.verdict(Some(true));
        this.call.limits.settle(failed);
        let (rejected, next) = this.call.core.timed_out();
        self.go_on(next, Err(rejected), cx)
    }

    /// Ends the attempt with its answer, or waits for the next.
    fn go_on(
        mut self: Pin<&mut Self>,
        next: Next,
        answer: Result<F::Output, Rejected>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<F::Output>> {
        let mut this = self.as_mut().project();
        match next {
            Next::RetryAt(tick) => {
                // Neither the failed body nor its answer outlives the attempt into the wait.
                drop(answer);
                this.body.set(None);
                this.timer.arm(TimerTick(tick));
                self.wait(cx)
            }
            next => Poll::Ready(conclude(&mut this.call.judge, next, answer)),
        }
    }

    /// Polls the wait before the next attempt.
    fn wait(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ControlFlow<F::Output>> {
        let this = self.project();
        ready!(this.timer.poll_elapsed(cx));
        this.call.core.waited();
        Poll::Ready(ControlFlow::Continue(()))
    }
}

pin_project! {
    /// The only attempt of a call; see [`Call::once`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Once<'c, J, L, F, T> {
        #[pin]
        attempt: Attempt<'c, J, L, F, T>,
    }
}

impl<'c, J, L, F, T> Once<'c, J, L, F, T> {
    #[inline]
    pub(crate) fn new(attempt: Attempt<'c, J, L, F, T>) -> Self {
        Self { attempt }
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
