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
use super::core::Stage;
use super::failure::Next;
use super::first::FirstAttempt;
use super::limits::{CoreRef, Limits};
use super::timer::{Timer, poll_pause};
use crate::outcome::judge::{Judges, Until};
use crate::outcome::{Class, Rejected};
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
        pub(super) timer: T,
    }
}

impl<J, L, F, T> Attempt<'_, J, L, F, T> {
    /// The timer of its waits.
    pub(super) fn timer(self: Pin<&mut Self>) -> &mut T {
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

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let body = this.body;
        #[cfg(debug_assertions)]
        let body = body.erase();
        this.call.poll_attempt(body, this.timer, cx)
    }
}

/// The body of an attempt. Each function has one of its own type, and what need not know it is not compiled once a function:
/// in optimized builds all but what is inlined into the user's future, in others everything.
trait Body<R> {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R>;
    /// Drops it.
    fn end(self: Pin<&mut Self>);
    fn has_ended(&self) -> bool;
    /// It, without its type.
    fn erase(self: Pin<&mut Self>) -> Pin<&mut dyn Body<R>>;
}

impl<F: Future> Body<F::Output> for Option<F> {
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "it is one call, to what may be inlined or not"),
        inline(always)
    )]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.as_pin_mut() {
            Some(body) => body.poll(cx),
            None => unreachable!("an attempt is not polled again after its end"),
        }
    }

    fn end(mut self: Pin<&mut Self>) {
        self.set(None);
    }

    fn has_ended(&self) -> bool {
        self.is_none()
    }

    #[inline]
    fn erase(self: Pin<&mut Self>) -> Pin<&mut dyn Body<F::Output>> {
        self
    }
}

/// How a body failed, whose attempt is to be ended.
enum Failed<R> {
    /// It answered, and the answer counts as a failure.
    Answered(R, Class),
    /// It was suspended for too long.
    TimedOut,
}

/// Polls the body of a first attempt.
#[cfg_attr(
    not(debug_assertions),
    expect(clippy::inline_always, reason = "what the attempt holds stays in registers"),
    inline(always)
)]
fn poll_first<R, J, A, B, T>(
    first: A,
    judge: &mut J,
    body: Pin<&mut B>,
    timer: &mut T,
    cx: &mut Context<'_>,
) -> Result<Poll<R>, Failed<R>>
where
    J: Judges<R>,
    A: FirstAttempt,
    B: Body<R> + ?Sized,
    T: Timer,
{
    let polled = {
        let _entered = first.enter();
        body.poll(cx)
    };
    match polled {
        Poll::Pending => {
            let (limit, now) = first.suspend();
            match limit.poll_elapsed(now, timer, cx) {
                Poll::Pending => Ok(Poll::Pending),
                Poll::Ready(()) => Err(Failed::TimedOut),
            }
        }
        Poll::Ready(result) => match judge.class(&result) {
            None => {
                first.succeed();
                judge.succeeded(&result);
                Ok(Poll::Ready(result))
            }
            Some(class) => {
                drop(first);
                Err(Failed::Answered(result, class))
            }
        },
    }
}

impl<J, L: Limits> Call<J, L> {
    /// What a healthy call runs through, inlined into the user's future; every other way leads out of line.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "the body is inlined only where its type is known"),
        inline(always)
    )]
    fn poll_attempt<R, B, T>(
        &mut self,
        mut body: Pin<&mut B>,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>>
    where
        J: Judges<R>,
        B: Body<R> + ?Sized,
        T: Timer,
    {
        let Self { state, judge } = self;
        let (first, now) = match state.ask_first() {
            Ok(admitted) => admitted,
            Err(Some(rejected)) => {
                return Poll::Ready(conclude(judge, Next::Stop, Err(rejected), Until(None)));
            }
            Err(None) => return self.poll_again(body.erase(), timer, cx),
        };
        match poll_first(state.polled(first, now), judge, body.as_mut(), timer, cx) {
            Ok(polled) => polled.map(ControlFlow::Break),
            Err(failed) => self.fail(failed, body.erase(), timer, cx),
        }
    }

    /// Polls an attempt that was polled before, or could not begin at once.
    #[inline(never)]
    fn poll_again<R, T: Timer>(
        &mut self,
        mut body: Pin<&mut dyn Body<R>>,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>>
    where
        J: Judges<R>,
    {
        let resumed = self.state.resume();
        let resumed = resumed.map(|first| poll_first(first, &mut self.judge, body.as_mut(), timer, cx));
        let failed = match resumed {
            Some(Ok(polled)) => return polled.map(ControlFlow::Break),
            Some(Err(failed)) => failed,
            None => match self.poll_body(body.as_mut(), timer, cx) {
                Ok(polled) => return polled,
                Err(failed) => failed,
            },
        };
        self.fail(failed, body, timer, cx)
    }

    /// Ends an attempt whose body failed.
    #[inline(never)]
    fn fail<R, T: Timer>(
        &mut self,
        failed: Failed<R>,
        body: Pin<&mut dyn Body<R>>,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>>
    where
        J: Judges<R>,
    {
        let (core, limits, judge) = self.parts();
        {
            // What the body holds is free before anyone hears how it ended, and does not outlive the attempt into the wait.
            let _span = core.leave_body();
            limits.set_inside(true);
            body.end();
        }
        let (next, answer) = match failed {
            Failed::Answered(result, class) => {
                limits.settle(core.verdict(class.is_failure()));
                let error_type = judge.error_type(&result);
                let message = if core.is_traced() { judge.message(&result) } else { None };
                (core.failed(class, error_type, message), Ok(result))
            }
            Failed::TimedOut => {
                let failed = core.verdict(Some(true));
                limits.settle(failed);
                let (rejected, next) = core.timed_out();
                (next, Err(rejected))
            }
        };
        self.end(next, answer, timer, cx)
    }

    /// Polls the body when it is its turn, which it is where it was polled before; or the wait behind it.
    #[inline(never)]
    fn poll_body<R, T: Timer>(
        &mut self,
        mut body: Pin<&mut dyn Body<R>>,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Result<Poll<ControlFlow<R>>, Failed<R>>
    where
        J: Judges<R>,
    {
        let (core, limits, judge) = self.parts();
        if core.stage == Stage::Between {
            if body.has_ended() {
                return Ok(timer.poll_elapsed(cx).map(|()| {
                    core.waited();
                    ControlFlow::Continue(())
                }));
            }
            match limits.poll_admission(CoreRef(core), timer, cx) {
                Poll::Pending => return Ok(Poll::Pending),
                Poll::Ready(Ok(())) => core.stage = Stage::Running,
                Poll::Ready(Err(rejected)) => {
                    let next = core.refused(&rejected);
                    let polled = self.end(next, Err(rejected), timer, cx);
                    body.end();
                    return Ok(polled);
                }
            }
        }
        let polled = {
            let _inside = core.enter_body(L::HAS);
            limits.set_inside(true);
            body.as_mut().poll(cx)
        };
        match polled {
            Poll::Pending => {
                core.stage = Stage::Running;
                limits.set_inside(false);
                match core.time_limit().poll_elapsed(Moment::default(), timer, cx) {
                    Poll::Pending => Ok(Poll::Pending),
                    Poll::Ready(()) => Err(Failed::TimedOut),
                }
            }
            Poll::Ready(result) => match judge.class(&result) {
                None => {
                    limits.settle(Some(false));
                    core.succeeded(L::HAS);
                    judge.succeeded(&result);
                    Ok(Poll::Ready(ControlFlow::Break(result)))
                }
                Some(class) => Err(Failed::Answered(result, class)),
            },
        }
    }

    /// Ends the attempt with its answer, or waits for the next.
    fn end<R, T: Timer>(
        &mut self,
        next: Next,
        answer: Result<R, Rejected>,
        timer: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>>
    where
        J: Judges<R>,
    {
        match next {
            Next::Retry(at) => {
                drop(answer);
                ready!(poll_pause(timer, at, cx));
                self.core().waited();
                Poll::Ready(ControlFlow::Continue(()))
            }
            next => {
                let (core, _, judge) = self.parts();
                let until = core.shares_until(&answer);
                Poll::Ready(conclude(judge, next, answer, until))
            }
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
