//! How what a fallback or a body gave is had: it is the answer, or a future of it.

use core::future::{Future, Ready};
use core::marker::PhantomData;

/// It is the answer.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce;
/// It is awaited for the answer.
#[derive(Clone, Copy, Debug)]
pub struct Awaited;

#[expect(clippy::unused_self, reason = "the kind is found first, and called by method")]
impl AtOnce {
    /// What is awaited for `answer`.
    #[inline]
    pub fn future<A>(self, answer: A) -> Ready<A> {
        core::future::ready(answer)
    }

    /// What is awaited for what a function has made that returns a future: it made none.
    pub fn made<A: Makes, T>(self, _made: A) -> Ready<T> {
        unreachable!("a body that makes no future does not compile")
    }
}

#[expect(clippy::unused_self, reason = "the kind is found first, and called by method")]
impl Awaited {
    /// What is awaited for `answer`.
    #[inline]
    pub fn future<F: Future>(self, answer: F) -> F {
        answer
    }

    /// What is awaited for what a function has made that returns a future.
    #[inline]
    pub fn made<F: Future>(self, made: F) -> F {
        made
    }
}

/// What the body of a function that returns a future makes.
#[diagnostic::on_unimplemented(
    message = "this function returns a future, and its body ends with `{Self}`; end it with the future",
    label = "`{Self}` is not a future"
)]
pub trait Makes {}

#[diagnostic::do_not_recommend]
impl<F: Future> Makes for F {}

/// Asks whether a value is an answer or a future of it, as a [`Probe`](super::probe::Probe) asks an error type: whether it is
/// the function's result is then for the compiler to say, as of any other value.
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
