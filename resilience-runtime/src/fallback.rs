//! The answer when all else failed: polled outside of every other policy, so that it is never retried and has
//! no limit but its own.

use core::future::{Future, Ready};
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;
use tracing::Span;

use crate::call::{Call, Stage};
use crate::judge::Judges;

pin_project! {
    /// The fallback of a call; see [`Call::fallback`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Fallback<'c, J, F> {
        call: &'c mut Call<J>,
        #[pin]
        body: F,
        span: Option<Span>,
    }
}

impl<'c, J, F> Fallback<'c, J, F> {
    pub(crate) fn new(call: &'c mut Call<J>, body: F) -> Self {
        Self { call, body, span: None }
    }
}

impl<J, F> Future for Fallback<'_, J, F>
where
    F: Future,
    J: Judges<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Call { core, judge } = &mut **this.call;
        let span = this.span.get_or_insert_with(|| core.fallback_begins());
        core.stage = Stage::Inside;
        let polled = {
            let _frame = core.enter_frame();
            let _span = span.enter();
            this.body.poll(cx)
        };
        let Poll::Ready(result) = polled else {
            core.stage = Stage::FallingBack;
            return Poll::Pending;
        };
        let message = || if core.is_traced() { judge.message(&result) } else { None };
        let error = judge.error_type(&result).map(|error_type| (error_type, message()));
        let error = error.as_ref().map(|(error_type, message)| (*error_type, message.as_deref()));
        core.fallback_ended(this.span, error);
        Poll::Ready(result)
    }
}

/// What a fallback returns: the function's result, or a future of it.
#[diagnostic::on_unimplemented(
    message = "the fallback returns `{Self}`, and the function `{R}`",
    label = "return `{R}` from the fallback, or a future of it"
)]
pub trait Answer<R, Kind> {
    /// What is awaited for it.
    type Future: Future<Output = R>;

    /// The result to be.
    fn into_future(self) -> Self::Future;
}

/// A fallback that answers at once.
#[derive(Debug)]
pub struct AtOnce;
/// A fallback that is awaited.
#[derive(Debug)]
pub struct Awaited;

#[diagnostic::do_not_recommend]
impl<R> Answer<R, AtOnce> for R {
    type Future = Ready<R>;

    fn into_future(self) -> Ready<R> {
        core::future::ready(self)
    }
}

#[diagnostic::do_not_recommend]
impl<F: Future> Answer<F::Output, Awaited> for F {
    type Future = F;

    fn into_future(self) -> F {
        self
    }
}

/// The fallback's answer, whichever way it is given.
#[inline]
pub fn answer<R, K, A: Answer<R, K>>(answer: A) -> A::Future {
    answer.into_future()
}
