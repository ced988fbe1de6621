//! The answer when all else failed: polled outside of every other policy, so that it is never retried and has
//! no limit but its own.

use core::future::Future;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tracing::Span;

use super::Call;
use super::core::{Core, Stage};
use super::limits::Limits;
use crate::outcome::Rejected;
use crate::outcome::judge::Judges;
use crate::outcome::keep::HasKept;
use crate::telemetry::trace::ErrorInfo;

pin_project! {
    /// The last fallback of a call; see [`Call::fallback`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Fallback<'c, J, L, F> {
        call: &'c mut Call<J, L>,
        #[pin]
        body: F,
        is_begun: bool,
    }
}

impl<'c, J, L, F> Fallback<'c, J, L, F> {
    pub(super) fn new(call: &'c mut Call<J, L>, body: F) -> Self {
        Self { call, body, is_begun: false }
    }
}

impl<J, L, F> Future for Fallback<'_, J, L, F>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (core, _, judge) = this.call.parts();
        let result = ready!(poll_in(core, this.body, this.is_begun, cx));
        let message = message(core, judge, &result);
        let error = judge.error_type(&result).map(|kind| ErrorInfo { kind, message: message.as_deref() });
        core.fallback_ended(error);
        Poll::Ready(result)
    }
}

pin_project! {
    /// A fallback that has another one behind it; see [`Call::fallback_or_next`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct FallbackOrNext<'c, J, L, F> {
        #[pin]
        fallback: Fallback<'c, J, L, F>,
    }
}

impl<'c, J, L, F> FallbackOrNext<'c, J, L, F> {
    pub(super) fn new(fallback: Fallback<'c, J, L, F>) -> Self {
        Self { fallback }
    }
}

impl<J, L, F> Future for FallbackOrNext<'_, J, L, F>
where
    F: Future,
    J: Judges<F::Output>,
    L: Limits,
{
    type Output = ControlFlow<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project().fallback.project();
        let (core, _, judge) = this.call.parts();
        let result = ready!(poll_in(core, this.body, this.is_begun, cx));
        if judge.class(&result).is_none() {
            core.fallback_ended(None);
            return Poll::Ready(ControlFlow::Break(result));
        }
        let message = message(core, judge, &result);
        let error = judge.error_type(&result).map(|kind| ErrorInfo { kind, message: message.as_deref() });
        core.fallback_failed(error);
        judge.keep(Ok::<_, Rejected>(result));
        Poll::Ready(ControlFlow::Continue(()))
    }
}

/// Polls the `body` of a fallback as part of the call.
fn poll_in<F: Future>(
    core: &mut Core,
    body: Pin<&mut F>,
    is_begun: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    if !*is_begun {
        *is_begun = true;
        core.fallback_begins();
    }
    core.stage = Stage::Inside;
    let polled = {
        let _frame = core.enter_fallback_frame();
        let _span = core.body_span().map(Span::enter);
        body.poll(cx)
    };
    if polled.is_pending() {
        core.stage = Stage::FallingBack;
    }
    polled
}

/// What a failure says, where anyone listens.
fn message<R, J: Judges<R>>(core: &Core, judge: &J, result: &R) -> Option<String> {
    if core.is_traced() { judge.message(result) } else { None }
}

impl<J: HasKept, L> Call<J, L> {
    /// The error of what failed last, for the fallback that takes it.
    #[must_use]
    pub fn error(&mut self) -> J::Error {
        self.take_error()
    }
}

impl<J: HasKept, L> HasKept for Call<J, L> {
    type Error = J::Error;

    fn take_error(&mut self) -> J::Error {
        self.judge.take_error()
    }
}
