//! How a result is judged: the classification of its error, with the attribute's `when` and `when_ok` over it,
//! and how a refusal becomes the function's own error.
//!
//! Which of these the error type can do is found by method resolution on a [`Probe`]: each trait below gives
//! the same method at another depth of references, and the deepest one whose bounds hold wins. It works on
//! concrete types and on what a generic function's bounds promise, without specialisation.

use core::fmt::Display;
use core::marker::PhantomData;

use crate::error::{Error, Rejected};
use crate::outcome::{Class, Classify};

/// What an annotated function returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `Result`, so `#[resilient]` cannot tell success from failure",
    label = "return a `Result` here",
    note = "an alias of `Result` will do"
)]
pub trait Outcome {
    /// The type of success.
    type Ok;
    /// The type of failure.
    type Error;

    /// The result as a plain `Result`.
    ///
    /// # Errors
    ///
    /// The failure, if it is one.
    fn as_result(&self) -> Result<&Self::Ok, &Self::Error>;

    /// The failure as a result.
    fn from_error(error: Self::Error) -> Self;
}

impl<T, E> Outcome for Result<T, E> {
    type Ok = T;
    type Error = E;

    fn as_result(&self) -> Result<&T, &E> {
        self.as_ref()
    }

    fn from_error(error: E) -> Self {
        Err(error)
    }
}

/// What a predicate says of an error or a value.
#[diagnostic::on_unimplemented(
    message = "a predicate returns `bool` or `Class`, not `{Self}`",
    label = "return `true` for a failure that is worth another attempt"
)]
pub trait Verdict {
    /// This verdict over the class by default.
    fn over(self, default: Class) -> Class;
}

impl Verdict for bool {
    fn over(self, default: Class) -> Class {
        match (self, default.is_retryable()) {
            (true, false) => Class::Transient,
            (false, true) => Class::Permanent,
            _ => default,
        }
    }
}

impl Verdict for Class {
    fn over(self, _default: Class) -> Class {
        self
    }
}

/// Reads an error: its class, its type for telemetry, its message.
pub trait Reader<E> {
    /// How the error is to be taken.
    fn class(&self, error: &E) -> Class;
    /// The error's class for telemetry.
    fn error_type(&self, error: &E) -> &'static str;
    /// What the error says, for the span of a failed attempt.
    fn message(&self, error: &E) -> Option<String>;
}

/// An error of which nothing is known.
#[derive(Clone, Copy, Debug)]
pub struct Plain;
/// An error that can be displayed.
#[derive(Clone, Copy, Debug)]
pub struct Displayed;
/// An error that classifies itself.
#[derive(Clone, Copy, Debug)]
pub struct Classified;
/// An error that classifies itself and can be displayed.
#[derive(Clone, Copy, Debug)]
pub struct ClassifiedDisplayed;

macro_rules! reader {
    ($reader:ident [$($bound:path),*], $class:expr, $error_type:expr, $message:expr) => {
        impl<E> Reader<E> for $reader
        where
            $(E: $bound,)*
        {
            fn class(&self, error: &E) -> Class {
                let class: fn(&E) -> Class = $class;
                class(error)
            }

            fn error_type(&self, error: &E) -> &'static str {
                let error_type: fn(&E) -> &'static str = $error_type;
                error_type(error)
            }

            fn message(&self, error: &E) -> Option<String> {
                let message: fn(&E) -> Option<String> = $message;
                message(error)
            }
        }
    };
}

reader!(Plain [], |_| Class::Transient, |_| core::any::type_name::<E>(), |_| None);
reader!(Displayed[Display], |_| Class::Transient, |_| core::any::type_name::<E>(), |e| Some(e.to_string()));
reader!(Classified[Classify], Classify::classify, Classify::error_type, |_| None);
reader!(ClassifiedDisplayed [Classify, Display], Classify::classify, Classify::error_type, |e| {
    Some(e.to_string())
});

/// Makes the function's error out of a refusal.
#[diagnostic::on_unimplemented(
    message = "`{E}` cannot carry a rejection: the breaker, `timeout` and `deadline` need `From<Rejected>` on it",
    label = "implement `From<resilience_runtime::Rejected>` for it, or write `map_rejected = path` in the \
             attribute, or return `Result<_, resilience_runtime::Error<{E}>>`"
)]
pub trait Rejecter<E> {
    /// The error that says `rejected`.
    fn error(&self, rejected: Rejected) -> E;
}

/// By the wrapper [`Error`].
#[derive(Clone, Copy, Debug)]
pub struct Wrapped;
/// By `From<Rejected>`.
#[derive(Clone, Copy, Debug)]
pub struct Converted;
/// By `map_rejected`.
#[derive(Clone, Copy, Debug)]
pub struct Mapped<F>(pub F);
/// Not at all, which is an error in the user's code.
#[derive(Clone, Copy, Debug)]
pub struct Missing;
/// Not at all, and no policy of the function refuses anything.
#[derive(Clone, Copy, Debug)]
pub struct Unneeded;

#[diagnostic::do_not_recommend]
impl<E> Rejecter<Error<E>> for Wrapped {
    fn error(&self, rejected: Rejected) -> Error<E> {
        Error::Rejected(rejected)
    }
}

#[diagnostic::do_not_recommend]
impl<E: From<Rejected>> Rejecter<E> for Converted {
    fn error(&self, rejected: Rejected) -> E {
        rejected.into()
    }
}

#[diagnostic::do_not_recommend]
impl<E, F: Fn(Rejected) -> E> Rejecter<E> for Mapped<F> {
    fn error(&self, rejected: Rejected) -> E {
        (self.0)(rejected)
    }
}

#[diagnostic::do_not_recommend]
impl<E> Rejecter<E> for Unneeded {
    fn error(&self, rejected: Rejected) -> E {
        unreachable!("a function without a refusing policy was refused: {rejected}")
    }
}

/// Checks that `rejecter` can make the error of `R`.
pub const fn carries<R: Outcome, J: Rejecter<R::Error>>(_probe: Probe<R>, rejecter: J) -> J {
    rejecter
}

/// Asks what the error type of `R` can do.
#[derive(Debug)]
pub struct Probe<R>(PhantomData<fn() -> R>);

impl<R> Clone for Probe<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Probe<R> {}

impl<R: Outcome> Probe<R> {
    /// A probe of `R`.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R: Outcome> Default for Probe<R> {
    fn default() -> Self {
        Self::new()
    }
}

/// Asks a [`Probe`] how to read the error: `(&&&&probe).reader()`.
pub trait Read<D> {
    /// The reader that this depth of references stands for.
    fn reader(&self) -> D;
}

/// Asks a [`Probe`] how to make an error out of a refusal: `(&&&probe).rejecter()`.
pub trait Reject<J> {
    /// The way that this depth of references stands for.
    fn rejecter(&self) -> J;
}

macro_rules! answer {
    ($trait:ident::$method:ident, $probe:ty, $answer:ident $(, $bound:path)*) => {
        impl<R: Outcome> $trait<$answer> for $probe
        where
            $(R::Error: $bound,)*
        {
            fn $method(&self) -> $answer {
                $answer
            }
        }
    };
}

answer!(Read::reader, &&&Probe<R>, ClassifiedDisplayed, Classify, Display);
answer!(Read::reader, &&Probe<R>, Classified, Classify);
answer!(Read::reader, &Probe<R>, Displayed, Display);
answer!(Read::reader, Probe<R>, Plain);

impl<T, E> Reject<Wrapped> for &&Probe<Result<T, Error<E>>> {
    fn rejecter(&self) -> Wrapped {
        Wrapped
    }
}
answer!(Reject::rejecter, &Probe<R>, Converted, From<Rejected>);
answer!(Reject::rejecter, Probe<R>, Missing);

/// No predicate.
#[derive(Clone, Copy, Debug)]
pub struct Always;

/// A predicate over `T`.
pub trait Predicate<T> {
    /// What it says of `value`, which is taken as `default` without it.
    fn judge(&self, value: &T, default: Option<Class>) -> Option<Class>;
}

impl<T> Predicate<T> for Always {
    fn judge(&self, _value: &T, default: Option<Class>) -> Option<Class> {
        default
    }
}

/// The user's predicate.
#[derive(Clone, Copy, Debug)]
pub struct When<F>(F);

impl<T, V: Verdict, F: Fn(&T) -> V> Predicate<T> for When<F> {
    fn judge(&self, value: &T, default: Option<Class>) -> Option<Class> {
        match default {
            Some(class) => Some((self.0)(value).over(class)),
            // A value: unless the predicate says otherwise it is a success, and a success is not `Permanent`.
            None => match (self.0)(value).over(Class::Permanent) {
                Class::Permanent => None,
                class => Some(class),
            },
        }
    }
}

/// Judges results of the type `R`.
#[derive(Debug)]
pub struct Judge<R, D, J, W = Always, O = Always> {
    reader: D,
    rejecter: J,
    when: W,
    when_ok: O,
    result: PhantomData<fn() -> R>,
}

impl<R: Outcome, D: Reader<R::Error>> Judge<R, D, Unneeded> {
    /// By the error's own classification.
    pub const fn new(_probe: Probe<R>, reader: D) -> Self {
        Self { reader, rejecter: Unneeded, when: Always, when_ok: Always, result: PhantomData }
    }
}

impl<R: Outcome, D, J, W, O> Judge<R, D, J, W, O> {
    /// With a way to make an error out of a refusal.
    pub fn rejecting<K: Rejecter<R::Error>>(self, rejecter: K) -> Judge<R, D, K, W, O> {
        let Self { reader, when, when_ok, result, .. } = self;
        Judge { reader, rejecter, when, when_ok, result }
    }

    /// With `map_rejected`.
    pub fn map_rejected<F: Fn(Rejected) -> R::Error>(self, map: F) -> Judge<R, D, Mapped<F>, W, O> {
        let Self { reader, when, when_ok, result, .. } = self;
        Judge { reader, rejecter: Mapped(map), when, when_ok, result }
    }

    /// With `when`.
    pub fn when<V: Verdict, F: Fn(&R::Error) -> V>(self, when: F) -> Judge<R, D, J, When<F>, O> {
        let Self { reader, rejecter, when_ok, result, .. } = self;
        Judge { reader, rejecter, when: When(when), when_ok, result }
    }

    /// With `when_ok`.
    pub fn when_ok<V: Verdict, F: Fn(&R::Ok) -> V>(self, when_ok: F) -> Judge<R, D, J, W, When<F>> {
        let Self { reader, rejecter, when, result, .. } = self;
        Judge { reader, rejecter, when, when_ok: When(when_ok), result }
    }
}

/// A [`Judge`] whatever it is made of.
pub trait Judges<R> {
    /// How a result is to be taken; `None` is a success.
    fn class(&self, result: &R) -> Option<Class>;
    /// The class of an error for telemetry; `None` for a value that counts as a failure.
    fn error_type(&self, result: &R) -> Option<&'static str>;
    /// What a failure says.
    fn message(&self, result: &R) -> Option<String>;
    /// The result that says `rejected`.
    fn reject(&self, rejected: Rejected) -> R;
}

impl<R, D, J, W, O> Judges<R> for Judge<R, D, J, W, O>
where
    R: Outcome,
    D: Reader<R::Error>,
    J: Rejecter<R::Error>,
    W: Predicate<R::Error>,
    O: Predicate<R::Ok>,
{
    fn class(&self, result: &R) -> Option<Class> {
        match result.as_result() {
            Ok(value) => self.when_ok.judge(value, None),
            Err(error) => self.when.judge(error, Some(self.reader.class(error))),
        }
    }

    fn error_type(&self, result: &R) -> Option<&'static str> {
        result.as_result().err().map(|error| self.reader.error_type(error))
    }

    fn message(&self, result: &R) -> Option<String> {
        result.as_result().err().and_then(|error| self.reader.message(error))
    }

    fn reject(&self, rejected: Rejected) -> R {
        R::from_error(self.rejecter.error(rejected))
    }
}

#[cfg(test)]
#[expect(clippy::needless_borrow, reason = "the depth of references is what method resolution goes by")]
mod tests {
    use super::*;
    use std::io;

    struct Unspoken;

    #[test]
    fn the_classification_of_the_error_type_is_found_where_there_is_one() {
        let _: Plain = (&&&&Probe::<Result<(), Unspoken>>::new()).reader();
        let _: Displayed = (&&&&Probe::<Result<(), String>>::new()).reader();
        let _: ClassifiedDisplayed = (&&&&Probe::<Result<(), io::Error>>::new()).reader();
    }

    #[test]
    fn the_way_to_carry_a_refusal_is_found() {
        let _: Missing = (&&&Probe::<Result<(), Unspoken>>::new()).rejecter();
        let _: Converted = (&&&Probe::<io::Result<()>>::new()).rejecter();
        let _: Wrapped = (&&&Probe::<Result<(), Error<Unspoken>>>::new()).rejecter();
    }

    #[test]
    fn a_predicate_overrides_only_what_it_contradicts() {
        let hint = Class::Throttled { retry_after: None };
        assert_eq!(true.over(hint), hint);
        assert_eq!(true.over(Class::Permanent), Class::Transient);
        assert_eq!(false.over(Class::Transient), Class::Permanent);
        assert_eq!(false.over(Class::Ignored), Class::Ignored);
    }

    #[test]
    fn values_succeed_unless_the_predicate_says_otherwise() {
        let probe = Probe::<Result<u32, String>>::new();
        let reader = (&&&&probe).reader();
        let judge = Judge::new(probe, reader).when_ok(|value| *value == 500);
        assert_eq!(judge.class(&Ok(200)), None);
        assert_eq!(judge.class(&Ok(500)), Some(Class::Transient));
        assert_eq!(judge.class(&Err("reset".to_owned())), Some(Class::Transient));
    }
}
