//! What the compiler is asked about the types of an annotated function, and what it says when they do not do.
//!
//! What the error type can do is found by method resolution on a [`Probe`]: each implementation of [`Read`] gives its
//! answer at another depth of references, and the deepest one whose bounds hold wins. It works on concrete types and
//! on what a generic function's bounds promise, without specialisation.
//!
//! A type that does not do is one mistake, and one message: what is generated after a failed bound has to be sound
//! without it.

use core::fmt::Display;
use core::marker::PhantomData;

use crate::outcome::Classify;
use crate::outcome::chain::Holds;
use crate::outcome::judge::{
    Classified, ClassifiedDisplayed, Converted, Displayed, Holding, Mapped, Missing, Plain, Unneeded, Wrapped,
};
use crate::outcome::{Error, Rejected};

/// What an annotated function returns.
#[diagnostic::on_unimplemented(
    message = "`#[resilient]` tells success from failure by a `Result`, and this function returns `{Self}`; return a \
               `Result`",
    label = "a `Result`, or an alias of one, is expected here"
)]
pub trait Outcome<M>: Sized
where
    M: Form<Self>,
{
    /// Asks about the type of failure of what `_returns`, which is not called.
    ///
    /// All that follows is said of the form `M` and not of the outcome: of a type that is no outcome the compiler does
    /// not know the form, reports that, and nothing that comes of it.
    #[inline]
    fn probe(_returns: fn() -> Self) -> Probe<Self, M> {
        Probe(PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Outcome<Plainly> for Result<T, E> {}

/// What a method returns that has the policies of its block: an [`Outcome`], with more to say of what is none.
#[diagnostic::on_unimplemented(
    message = "`#[resilient]` tells success from failure by a `Result`, and this method returns `{Self}`; return a \
               `Result`, or leave the method out with `#[resilient(skip)]`",
    label = "a `Result`, or an alias of one, is expected here"
)]
pub trait MethodOutcome<M>: Sized
where
    M: Form<Self>,
{
    /// As [`Outcome::probe`].
    #[inline]
    fn probe_of_method(_returns: fn() -> Self) -> Probe<Self, M> {
        Probe(PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Form<R>, R: Outcome<M>> MethodOutcome<M> for R {}

/// How `R` is a result.
pub trait Form<R> {
    /// The type of success.
    type Ok;
    /// The type of failure.
    type Error;

    /// The outcome as a plain `Result`.
    ///
    /// # Errors
    ///
    /// The failure, if it is one.
    fn as_result(outcome: &R) -> Result<&Self::Ok, &Self::Error>;

    /// The failure as an outcome.
    fn from_error(error: Self::Error) -> R;

    /// The failure, if it is one.
    fn into_error(outcome: R) -> Option<Self::Error>;

    /// The success as an outcome.
    fn from_ok(value: Self::Ok) -> R;
}

/// As what it is.
#[derive(Clone, Copy, Debug)]
pub struct Plainly;

impl<T, E> Form<Result<T, E>> for Plainly {
    type Ok = T;
    type Error = E;

    #[inline]
    fn as_result(outcome: &Result<T, E>) -> Result<&T, &E> {
        outcome.as_ref()
    }

    #[inline]
    fn from_error(error: E) -> Result<T, E> {
        Err(error)
    }

    #[inline]
    fn into_error(outcome: Result<T, E>) -> Option<E> {
        outcome.err()
    }

    #[inline]
    fn from_ok(value: T) -> Result<T, E> {
        Ok(value)
    }
}

/// An error that can be made of a refusal, in the way `By`; for the other parameter see
/// [`Argument`](crate::__private::Argument).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that a policy refused the call or cut it short; implement `From<Rejected>` for it, \
               write `map_rejected = ..`, or return `resilience_runtime::Error<{Self}>`",
    label = "needs `From<resilience_runtime::Rejected>`"
)]
pub trait CarriesRejected<By, For>: Sized {
    /// The way, for the error type that the probe asks about.
    #[inline]
    fn by<R, M: Form<R, Error = Self>>(way: By, _: Probe<R, M>, _: For) -> By {
        way
    }
}

#[diagnostic::do_not_recommend]
impl<E, For> CarriesRejected<Wrapped, For> for Error<E> {}
#[diagnostic::do_not_recommend]
impl<E: From<Rejected>, For> CarriesRejected<Converted, For> for E {}
// These are not asked for. Without them there would be one way at most for a type, which the compiler would take
// before it looks at the one it is given.
#[diagnostic::do_not_recommend]
impl<E, For, F> CarriesRejected<Mapped<F>, For> for E {}
#[diagnostic::do_not_recommend]
impl<E, For> CarriesRejected<Unneeded, For> for E {}

/// Asks what the error type of `R`, which is a result in the form `M`, can do.
#[derive(Debug)]
pub struct Probe<R, M>(PhantomData<fn() -> (R, M)>);

impl<R, M> Clone for Probe<R, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, M> Copy for Probe<R, M> {}

impl<R, M: Form<R>> Probe<R, M> {
    /// The outcome of a function that fails with what `error` gives.
    #[cfg(feature = "chaos")]
    #[inline]
    pub fn fails<F: FnOnce() -> M::Error>(self, error: F) -> R {
        M::from_error(error())
    }

    /// The closure `when`, whose argument is the function's error.
    #[inline]
    pub fn when<V, F: Fn(&M::Error) -> V>(self, when: F) -> F {
        when
    }

    /// The closure `when_ok`, whose argument is the function's value.
    #[inline]
    pub fn when_ok<V, F: Fn(&M::Ok) -> V>(self, when_ok: F) -> F {
        when_ok
    }

    /// The way of `map_rejected`.
    #[inline]
    pub fn mapped<F: Fn(Rejected) -> M::Error>(self, map: F) -> Mapped<F> {
        Mapped(map)
    }
}

/// Asks a [`Probe`] how to read the error: `(&&&&&probe).__reader()`.
pub trait Read<D> {
    /// The reader that this depth of references stands for.
    fn __reader(&self) -> D;
}

/// Asks a [`Probe`] how to make an error out of a refusal: `(&&&probe).__rejecter()`.
pub trait Reject<J> {
    /// The way that this depth of references stands for.
    fn __rejecter(&self) -> J;
}

macro_rules! answer {
    ($trait:ident::$method:ident, $probe:ty, $answer:ident $(, $bound:path)*) => {
        impl<R, M: Form<R>> $trait<$answer> for $probe
        where
            $(M::Error: $bound,)*
        {
            fn $method(&self) -> $answer {
                $answer
            }
        }
    };
}

answer!(Read::__reader, &&&&Probe<R, M>, ClassifiedDisplayed, Classify, Display);
answer!(Read::__reader, &&&Probe<R, M>, Classified, Classify);
answer!(Read::__reader, &&Probe<R, M>, Holding, Holds, Display);
answer!(Read::__reader, &Probe<R, M>, Displayed, Display);
answer!(Read::__reader, Probe<R, M>, Plain);

impl<R, E, M: Form<R, Error = Error<E>>> Reject<Wrapped> for &&Probe<R, M> {
    fn __rejecter(&self) -> Wrapped {
        Wrapped
    }
}
answer!(Reject::__rejecter, &Probe<R, M>, Converted, From<Rejected>);
answer!(Reject::__rejecter, Probe<R, M>, Missing);

#[cfg(test)]
#[expect(clippy::needless_borrow, reason = "the depth of references is what method resolution goes by")]
mod tests {
    use super::*;
    use crate::__private::returns;
    use std::io;

    struct Unspoken;

    #[test]
    fn the_classification_of_the_error_type_is_found_where_there_is_one() {
        let _: Plain = (&&&&&<Result<(), Unspoken>>::probe(returns)).__reader();
        let _: Displayed = (&&&&&<Result<(), String>>::probe(returns)).__reader();
        let _: Holding = (&&&&&<Result<(), Error<String>>>::probe(returns)).__reader();
        let _: ClassifiedDisplayed = (&&&&&<Result<(), io::Error>>::probe(returns)).__reader();
    }

    #[test]
    fn the_way_to_carry_a_refusal_is_found() {
        let _: Missing = (&&&<Result<(), Unspoken>>::probe(returns)).__rejecter();
        let _: Converted = (&&&<io::Result<()>>::probe(returns)).__rejecter();
        let _: Wrapped = (&&&<Result<(), Error<Unspoken>>>::probe(returns)).__rejecter();
    }
}
