//! How what a fallback returned is had: it is the answer, or a future of it.

use core::future::{Future, Ready};
use core::marker::PhantomData;

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

/// Asks whether a fallback returned an answer or a future of it, as a [`Probe`](crate::outcome::probe::Probe) asks an error
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

/// Asks a [`Given`] how the answer is to be had: `(&&given).__kind()`.
pub trait Give<K> {
    /// The kind that this depth of references stands for.
    fn __kind(&self) -> K;
}

impl<F: Future> Give<Awaited> for &Given<F> {
    fn __kind(&self) -> Awaited {
        Awaited
    }
}

impl<A> Give<AtOnce> for Given<A> {
    fn __kind(&self) -> AtOnce {
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
        #[allow(clippy::too_many_arguments, reason = "as many as the annotated function, and its error")]
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
    call_9(a: A, b: B, c: C, d: D, e: E, g: G, h: H, i: I, j: K);
}
