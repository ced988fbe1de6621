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
use tokio::time::Sleep;
use tracing::Span;

use crate::call::{Call, Core, Next, Stage};
use crate::judge::Judges;
use crate::time::{self, Tick};

/// Where the timer of an attempt lives; one serves as the limit of the body, then as the wait after it.
pub trait Timer {
    /// Whether it is running.
    fn is_armed(&self) -> bool;
    /// Makes it end at `tick`.
    fn arm(self: Pin<&mut Self>, tick: TimerTick);
    /// Polls it.
    fn poll_elapsed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
}

/// A tick in the signature of [`Timer`], which generated code can see but not make.
#[derive(Clone, Copy, Debug)]
pub struct TimerTick(Tick);

pin_project! {
    /// A timer inside of the future.
    #[derive(Debug, Default)]
    pub struct InlineTimer {
        #[pin]
        sleep: Option<Sleep>,
    }
}

impl Timer for InlineTimer {
    #[inline]
    fn is_armed(&self) -> bool {
        self.sleep.is_some()
    }

    fn arm(self: Pin<&mut Self>, tick: TimerTick) {
        let mut slot = self.project().sleep;
        match slot.as_mut().as_pin_mut() {
            Some(sleep) => sleep.reset(time::instant(tick.0)),
            None => slot.set(Some(time::sleep_until(tick.0))),
        }
    }

    fn poll_elapsed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.as_pin_mut().map_or(Poll::Ready(()), |sleep| sleep.poll(cx))
    }
}

/// A timer on the heap, made when it is needed: a tokio timer is longer than most futures.
#[derive(Debug, Default)]
pub struct BoxedTimer {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer for BoxedTimer {
    #[inline]
    fn is_armed(&self) -> bool {
        self.sleep.is_some()
    }

    fn arm(mut self: Pin<&mut Self>, tick: TimerTick) {
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(time::instant(tick.0)),
            None => self.sleep = Some(Box::pin(time::sleep_until(tick.0))),
        }
    }

    fn poll_elapsed(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.sleep.as_mut().map_or(Poll::Ready(()), |sleep| sleep.as_mut().poll(cx))
    }
}

/// Where an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Admission,
    Body,
    Wait,
}

pin_project! {
    /// One attempt of a call; see [`Call::attempt`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Attempt<'c, J, F, T> {
        call: &'c mut Call<J>,
        #[pin]
        body: Option<F>,
        #[pin]
        timer: T,
        phase: Phase,
    }
}

impl<'c, J, F, T> Attempt<'c, J, F, T> {
    #[inline]
    pub(crate) fn new(call: &'c mut Call<J>, body: F, timer: T) -> Self {
        Self { call, body: Some(body), timer, phase: Phase::Admission }
    }
}

impl<J, F, T> Future for Attempt<'_, J, F, T>
where
    F: Future,
    J: Judges<F::Output>,
    T: Timer,
{
    type Output = ControlFlow<F::Output>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Call { core, judge } = &mut **this.call;

        let refusal = match *this.phase {
            Phase::Admission => core.admit().err(),
            Phase::Body => None,
            Phase::Wait => return wait(core, this.timer, cx),
        };
        *this.phase = Phase::Body;

        let (next, answer) = if let Some(rejected) = refusal {
            (core.refused(rejected), Err(rejected))
        } else {
            let Some(body) = this.body.as_mut().as_pin_mut() else {
                unreachable!("an attempt is not polled again after its end");
            };
            core.stage = Stage::Inside;
            let polled = {
                let _frame = core.frame().enter();
                let _span = core.attempt_span().map(Span::enter);
                body.poll(cx)
            };
            match polled {
                Poll::Ready(result) => {
                    let Some(class) = judge.class(&result) else {
                        core.succeeded();
                        return Poll::Ready(ControlFlow::Break(result));
                    };
                    let error_type = judge.error_type(&result);
                    let message = if core.is_traced() { judge.message(&result) } else { None };
                    (core.failed(class, error_type, message), Ok(result))
                }
                Poll::Pending => {
                    core.stage = Stage::Running;
                    if !core.has_limit() {
                        return Poll::Pending;
                    }
                    if !this.timer.is_armed() {
                        this.timer.as_mut().arm(TimerTick(core.limit()));
                    }
                    ready!(this.timer.as_mut().poll_elapsed(cx));
                    // What the body holds is free before anyone hears that it timed out.
                    core.stage = Stage::Inside;
                    this.body.set(None);
                    let (rejected, next) = core.timed_out();
                    (next, Err(rejected))
                }
            }
        };

        match next {
            Next::Stop => Poll::Ready(ControlFlow::Break(match answer {
                Ok(result) => result,
                Err(rejected) => judge.reject(rejected),
            })),
            Next::FallBack | Next::Retry => Poll::Ready(ControlFlow::Continue(())),
            Next::RetryAt(tick) => {
                // Neither the failed body nor its answer outlives the attempt into the wait.
                drop(answer);
                this.body.set(None);
                *this.phase = Phase::Wait;
                this.timer.as_mut().arm(TimerTick(tick));
                wait(core, this.timer, cx)
            }
        }
    }
}

/// Polls the wait before the next attempt.
fn wait<T: Timer, R>(core: &mut Core, timer: Pin<&mut T>, cx: &mut Context<'_>) -> Poll<ControlFlow<R>> {
    ready!(timer.poll_elapsed(cx));
    core.waited();
    Poll::Ready(ControlFlow::Continue(()))
}

pin_project! {
    /// The only attempt of a call; see [`Call::once`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Once<'c, J, F, T> {
        #[pin]
        attempt: Attempt<'c, J, F, T>,
    }
}

impl<'c, J, F, T> Once<'c, J, F, T> {
    #[inline]
    pub(crate) fn new(attempt: Attempt<'c, J, F, T>) -> Self {
        Self { attempt }
    }
}

impl<J, F, T> Future for Once<'_, J, F, T>
where
    F: Future,
    J: Judges<F::Output>,
    T: Timer,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match ready!(self.project().attempt.poll(cx)) {
            ControlFlow::Break(result) => Poll::Ready(result),
            ControlFlow::Continue(()) => unreachable!("a function without retry and fallback has one attempt"),
        }
    }
}
