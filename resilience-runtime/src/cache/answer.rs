//! What can be remembered.

use core::any::Any;
use std::sync::Arc;

use crate::probe::{Form, Probe};

/// An answer of any type, shared by all who are given it.
pub(super) type Kept = Arc<dyn Any + Send + Sync>;

/// How answers of one type are put into a cache and taken out again.
///
/// By functions and not by bounds: a type that does not do is then one mistake, reported where it is asked for.
#[derive(Debug)]
pub struct Copies<T> {
    pub(super) keep: fn(&T) -> Kept,
    pub(super) give: fn(&Kept) -> Option<T>,
}

/// An answer that can be given again.
///
/// Generic in `For` for the reason that [`Argument`](crate::__private::Argument) is.
#[diagnostic::on_unimplemented(
    message = "`cache` cannot give `{Self}` again, which is not `Clone`, `Send`, `Sync` and `'static`; derive `Clone`, or \
               return an `Arc` of it",
    label = "an answer that is kept is `Clone`, `Send` and `Sync`"
)]
pub trait Answer<For>: Sized {
    /// A copy to be kept.
    fn keep(&self) -> Kept;

    /// A copy of what was kept, if it is of this type.
    fn give(kept: &Kept) -> Option<Self>;

    /// How the answers of the function that the probe asks about are copied.
    #[inline]
    #[must_use]
    fn copies<R, M: Form<R, Ok = Self>>(_: Probe<R, M>, _: For) -> Copies<Self> {
        Copies { keep: Self::keep, give: Self::give }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static, For> Answer<For> for T {
    fn keep(&self) -> Kept {
        Arc::new(self.clone())
    }

    fn give(kept: &Kept) -> Option<Self> {
        kept.downcast_ref().cloned()
    }
}
