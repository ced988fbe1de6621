//! How a result is judged: the classification of its error, with the attribute's `when` and `when_ok` over it,
//! and how a refusal becomes the function's own error.

use core::fmt::Display;

use crate::outcome::chain::Holds;
use crate::outcome::keep::{Forget, HasKept, Keep, Keeps};
use crate::outcome::probe::{Form, Probe};
use crate::outcome::{Class, Classify};
use crate::outcome::{Error, Rejected};
use crate::time::Tick;

/// What a predicate says of an error or a value.
#[diagnostic::on_unimplemented(
    message = "`when` and `when_ok` say `bool` or `Class`, not `{Self}`; return `true` for a failure that is worth \
               another attempt",
    label = "this returns `{Self}`"
)]
pub trait Verdict {
    /// This verdict over the class by default.
    fn over(self, default: Class) -> Class;
}

#[diagnostic::do_not_recommend]
impl Verdict for bool {
    fn over(self, default: Class) -> Class {
        match (self, default.is_retryable()) {
            (true, false) => Class::Transient,
            (false, true) => Class::Permanent,
            _ => default,
        }
    }
}

#[diagnostic::do_not_recommend]
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
/// An error that may hold a refusal, of which nothing else is known.
#[derive(Clone, Copy, Debug)]
pub struct Holding;
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
reader!(
    Holding [Holds, Display],
    |e| e.refusal().map_or(Class::Transient, Classify::classify),
    |e| e.refusal().map_or(core::any::type_name::<E>(), Classify::error_type),
    |e| Some(e.to_string())
);
reader!(Classified[Classify], Classify::classify, Classify::error_type, |_| None);
reader!(ClassifiedDisplayed [Classify, Display], Classify::classify, Classify::error_type, |e| {
    Some(e.to_string())
});

/// Makes the function's error out of a refusal.
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
pub struct Mapped<F>(pub(crate) F);
/// Not at all, which is an error in the user's code; see `CarriesRejected`.
#[derive(Clone, Copy, Debug)]
pub struct Missing;
/// Not at all, and no policy of the function refuses anything.
#[derive(Clone, Copy, Debug)]
pub struct Unneeded;

impl<E> Rejecter<Error<E>> for Wrapped {
    fn error(&self, rejected: Rejected) -> Error<E> {
        Error::Rejected(rejected)
    }
}

impl<E: From<Rejected>> Rejecter<E> for Converted {
    fn error(&self, rejected: Rejected) -> E {
        rejected.into()
    }
}

impl<E, F: Fn(Rejected) -> E> Rejecter<E> for Mapped<F> {
    fn error(&self, rejected: Rejected) -> E {
        (self.0)(rejected)
    }
}

// So that the compiler reports the missing way once, and not wherever it would be gone.
impl<E> Rejecter<E> for Missing {
    fn error(&self, rejected: Rejected) -> E {
        unreachable!("a function that cannot carry a refusal does not compile: {rejected}")
    }
}

impl<E> Rejecter<E> for Unneeded {
    fn error(&self, rejected: Rejected) -> E {
        unreachable!("a function without a refusing policy was refused: {rejected}")
    }
}

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

/// The user's predicate, which gets the class by default too.
#[derive(Clone, Copy, Debug)]
pub struct When<F>(F);

impl<T, F: Fn(&T, Class) -> Class> Predicate<T> for When<F> {
    fn judge(&self, value: &T, default: Option<Class>) -> Option<Class> {
        match default {
            Some(class) => Some((self.0)(value, class)),
            // A value: unless the predicate says otherwise it is a success, and a success is not `Permanent`.
            None => match (self.0)(value, Class::Permanent) {
                Class::Permanent => None,
                class => Some(class),
            },
        }
    }
}

/// Judges results of the type `R`.
#[derive(Debug)]
pub struct Judge<R, M, D, J, W = Always, O = Always, K = Forget> {
    reader: D,
    rejecter: J,
    when: W,
    when_ok: O,
    keeper: K,
    probe: Probe<R, M>,
}

impl<R, M: Form<R>, D: Reader<M::Error>> Judge<R, M, D, Unneeded> {
    /// By the error's own classification.
    pub const fn new(probe: Probe<R, M>, reader: D) -> Self {
        Self { reader, rejecter: Unneeded, when: Always, when_ok: Always, keeper: Forget, probe }
    }
}

impl<R, M: Form<R>, D, J, W, O, K> Judge<R, M, D, J, W, O, K> {
    /// With a way to make an error out of a refusal.
    pub fn rejecting<N: Rejecter<M::Error>>(self, rejecter: N) -> Judge<R, M, D, N, W, O, K> {
        let Self { reader, when, when_ok, keeper, probe, .. } = self;
        Judge { reader, rejecter, when, when_ok, keeper, probe }
    }

    /// With `when`.
    pub fn when<F: Fn(&M::Error, Class) -> Class>(self, when: F) -> Judge<R, M, D, J, When<F>, O, K> {
        let Self { reader, rejecter, when_ok, keeper, probe, .. } = self;
        Judge { reader, rejecter, when: When(when), when_ok, keeper, probe }
    }

    /// With `when_ok`.
    pub fn when_ok<F: Fn(&M::Ok, Class) -> Class>(self, when_ok: F) -> Judge<R, M, D, J, W, When<F>, K> {
        let Self { reader, rejecter, when, keeper, probe, .. } = self;
        Judge { reader, rejecter, when, when_ok: When(when_ok), keeper, probe }
    }

    /// With another place for the error that a fallback is to be given.
    pub(crate) fn with_keeper<N>(self, keeper: impl FnOnce(K) -> N) -> Judge<R, M, D, J, W, O, N> {
        let Self { reader, rejecter, when, when_ok, keeper: others, probe } = self;
        Judge { reader, rejecter, when, when_ok, keeper: keeper(others), probe }
    }
}

impl<R, M, D, J, W, O, E> HasKept for Judge<R, M, D, J, W, O, Keep<E>> {
    type Error = E;

    fn take_error(&mut self) -> E {
        self.keeper.take()
    }
}

/// A deadline, if there is one, in the signatures of judges, which generated code can see but not make.
#[derive(Clone, Copy, Debug)]
pub struct Until(pub(crate) Option<Tick>);

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
    /// Hands what failed over to the fallback, as far as that takes it.
    fn keep(&mut self, failed: Result<R, Rejected>);

    /// Takes note of a result that is a success.
    #[inline]
    fn succeeded(&mut self, _result: &R) {}

    /// Takes note of what the attempts failed with, when no other follows; nothing is heard behind a success. Where it was for
    /// want of time, it is the answer of those too who have no more of it than `until`.
    #[inline]
    fn failed(&mut self, _answer: &Result<R, Rejected>, _until: Until) {}

    /// An older result, where one was found that can stand in for a failure.
    fn stale(&mut self) -> Option<R> {
        None
    }
}

impl<R, M, D, J, W, O, K> Judges<R> for Judge<R, M, D, J, W, O, K>
where
    M: Form<R>,
    D: Reader<M::Error>,
    J: Rejecter<M::Error>,
    W: Predicate<M::Error>,
    O: Predicate<M::Ok>,
    K: Keeps<M::Error>,
{
    fn class(&self, result: &R) -> Option<Class> {
        match M::as_result(result) {
            Ok(value) => self.when_ok.judge(value, None),
            Err(error) => self.when.judge(error, Some(self.reader.class(error))),
        }
    }

    fn error_type(&self, result: &R) -> Option<&'static str> {
        M::as_result(result).err().map(|error| self.reader.error_type(error))
    }

    fn message(&self, result: &R) -> Option<String> {
        M::as_result(result).err().and_then(|error| self.reader.message(error))
    }

    fn reject(&self, rejected: Rejected) -> R {
        M::from_error(self.rejecter.error(rejected))
    }

    fn keep(&mut self, failed: Result<R, Rejected>) {
        let Self { rejecter, keeper, .. } = self;
        keeper.keep(|| match failed {
            Ok(result) => M::into_error(result),
            Err(rejected) => Some(rejecter.error(rejected)),
        });
    }
}

#[cfg(test)]
#[expect(clippy::needless_borrow, reason = "the depth of references is what method resolution goes by")]
mod tests {
    use super::*;
    use crate::__private::returns;
    use crate::outcome::probe::{Outcome as _, Read as _};

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
        let probe = <Result<u32, String>>::probe(returns);
        let reader = (&&&&&probe).__reader();
        let judge = Judge::new(probe, reader).when_ok(|value, class| (*value == 500).over(class));
        assert_eq!(judge.class(&Ok(200)), None);
        assert_eq!(judge.class(&Ok(500)), Some(Class::Transient));
        assert_eq!(judge.class(&Err("reset".to_owned())), Some(Class::Transient));
    }
}
