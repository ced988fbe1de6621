//! The answer when all else failed: polled outside of every other policy, so that it is never retried and has
//! no limit but its own.

use core::future::{Future, Ready};
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;
use tracing::Span;

use super::Call;
use super::core::Stage;
use crate::judge::Judges;
use crate::telemetry::trace::ErrorInfo;

pin_project! {
    /// The fallback of a call; see [`Call::fallback`].
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
    pub(crate) fn new(call: &'c mut Call<J, L>, body: F) -> Self {
        Self { call, body, is_begun: false }
    }
}

impl<J, L, F> Future for Fallback<'_, J, L, F>
where
    F: Future,
    J: Judges<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Call { core, judge, .. } = &mut **this.call;
        if !*this.is_begun {
            *this.is_begun = true;
            core.fallback_begins();
        }
        core.stage = Stage::Inside;
        let polled = {
            let _frame = core.enter_fallback_frame();
            let _span = core.body_span().map(Span::enter);
            this.body.poll(cx)
        };
        let Poll::Ready(result) = polled else {
            core.stage = Stage::FallingBack;
            return Poll::Pending;
        };
        let message = if core.is_traced() { judge.message(&result) } else { None };
        let error = judge.error_type(&result).map(|kind| ErrorInfo { kind, message: message.as_deref() });
        core.fallback_ended(error);
        Poll::Ready(result)
    }
}

/// A fallback that answers at once.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce;
/// A fallback that is awaited.
#[derive(Clone, Copy, Debug)]
pub struct Awaited;

#[expect(clippy::unused_self, reason = "the kind is found first, and called by method")]
impl AtOnce {
    /// What is awaited for `answer`.
    #[inline]
    pub fn future<A>(self, answer: A) -> Ready<A> {
        core::future::ready(answer)
    }
}

#[expect(clippy::unused_self, reason = "the kind is found first, and called by method")]
impl Awaited {
    /// What is awaited for `answer`.
    #[inline]
    pub fn future<F: Future>(self, answer: F) -> F {
        answer
    }
}

/// Asks whether a fallback returned an answer or a future of it, as a [`Probe`](crate::probe::Probe) asks an error
/// type: whether it is the function's result is then for the compiler to say, as of any other value.
#[derive(Debug)]
pub struct Given<A>(PhantomData<fn() -> A>);

impl<A> Given<A> {
    /// Asks about the type of `answer`.
    #[inline]
    pub fn of(_answer: &A) -> Self {
        Self(PhantomData)
    }
}

/// Asks a [`Given`] how the answer is to be had: `(&&given).kind()`.
pub trait Give<K> {
    /// The kind that this depth of references stands for.
    fn kind(&self) -> K;
}

impl<F: Future> Give<Awaited> for &Given<F> {
    fn kind(&self) -> Awaited {
        Awaited
    }
}

impl<A> Give<AtOnce> for Given<A> {
    fn kind(&self) -> AtOnce {
        AtOnce
    }
}

/// Calls closures: the arguments come first in the compiler's mind, so that the types of a closure's parameters
/// need not be written.
macro_rules! call {
    ($($call:ident($($argument:ident: $Type:ident),*);)*) => {$(
        #[doc(hidden)]
        #[inline]
        #[expect(clippy::allow_attributes, reason = "only those with many arguments have too many")]
        #[allow(clippy::too_many_arguments, reason = "as many as the annotated function")]
        pub fn $call<R, $($Type,)* F: FnOnce($($Type),*) -> R>(closure: F $(, $argument: $Type)*) -> R {
            closure($($argument),*)
        }
    )*};
}

call! {
    call_1(a: A);
    call_2(a: A, b: B);
    call_3(a: A, b: B, c: C);
    call_4(a: A, b: B, c: C, d: D);
    call_5(a: A, b: B, c: C, d: D, e: E);
    call_6(a: A, b: B, c: C, d: D, e: E, g: G);
    call_7(a: A, b: B, c: C, d: D, e: E, g: G, h: H);
    call_8(a: A, b: B, c: C, d: D, e: E, g: G, h: H, i: I);
}
