//! Answers that are given more than once: later by a cache, or to several calls at a time.

use core::any::Any;
use std::sync::Arc;

use crate::outcome::probe::{Form, Probe};

/// An answer of any type, shared by all who are given it.
pub(crate) type Kept = Arc<dyn Any + Send + Sync>;

/// How answers of one type are kept and given again.
///
/// By functions and not by bounds: a type that does not do is then one mistake, reported where it is asked for.
#[derive(Debug)]
pub struct Copies<T> {
    pub(crate) keep: fn(&T) -> Kept,
    pub(crate) give: fn(&Kept) -> Option<T>,
}

impl<T: Clone + Send + Sync + 'static> Copies<T> {
    fn new() -> Self {
        Self { keep: |value| Arc::new(value.clone()), give: |kept| kept.downcast_ref().cloned() }
    }
}

/// An answer that `cache` can give again.
///
/// Generic in `For` for the reason that [`Argument`](crate::__private::Argument) is.
#[diagnostic::on_unimplemented(
    message = "`cache` cannot give `{Self}` again, which is not `Clone`, `Send`, `Sync` and `'static`; derive `Clone`, or \
               return an `Arc` of it",
    label = "an answer that is kept is `Clone`, `Send` and `Sync`"
)]
#[cfg(feature = "cache")]
pub trait Answer<For>: Sized {
    /// How the answers of the function that the probe asks about are copied.
    fn copies<R, M: Form<R, Ok = Self>>(_: Probe<R, M>, _: For) -> Copies<Self>;
}

#[cfg(feature = "cache")]
#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static, For> Answer<For> for T {
    fn copies<R, M: Form<R, Ok = Self>>(_: Probe<R, M>, _: For) -> Copies<Self> {
        Copies::new()
    }
}

/// An answer, or an error, that `coalesce` can give to several calls.
///
/// Generic in `For` for the reason that [`Argument`](crate::__private::Argument) is.
#[diagnostic::on_unimplemented(
    message = "`coalesce` cannot give `{Self}` to several calls, which is not `Clone`, `Send`, `Sync` and `'static`; \
               derive `Clone`, or return an `Arc` of it",
    label = "what is given to several calls is `Clone`, `Send` and `Sync`"
)]
pub trait Shareable<For>: Sized {
    /// How the answers of the function that the probe asks about are copied.
    fn answers<R, M: Form<R, Ok = Self>>(_: Probe<R, M>, _: For) -> Copies<Self>;

    /// How its errors are.
    fn errors<R, M: Form<R, Error = Self>>(_: Probe<R, M>, _: For) -> Copies<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static, For> Shareable<For> for T {
    fn answers<R, M: Form<R, Ok = Self>>(_: Probe<R, M>, _: For) -> Copies<Self> {
        Copies::new()
    }

    fn errors<R, M: Form<R, Error = Self>>(_: Probe<R, M>, _: For) -> Copies<Self> {
        Copies::new()
    }
}
