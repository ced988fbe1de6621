//! What becomes of the error of a call that is to be answered by its fallback.

/// Takes the error over from the attempt.
pub trait Keeps<E> {
    /// What becomes of `error`, which is made only where it is kept; `None` of a value that counts as a failure.
    fn keep(&mut self, error: impl FnOnce() -> Option<E>);
}

/// Has an error that was kept.
pub trait HasKept {
    /// Its type.
    type Error;

    /// The error.
    fn take_error(&mut self) -> Self::Error;
}

/// No fallback takes the error.
#[derive(Clone, Copy, Debug)]
pub struct Forget;

impl<E> Keeps<E> for Forget {
    #[inline]
    fn keep(&mut self, _error: impl FnOnce() -> Option<E>) {}
}

/// A fallback takes it.
#[derive(Debug)]
pub struct Keep<E>(Option<E>);

impl<E> Keep<E> {
    /// Room for the error.
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    pub(crate) fn take(&mut self) -> E {
        let Some(error) = self.0.take() else {
            unreachable!("a fallback that takes an error is called after one");
        };
        error
    }
}

impl<E> Keeps<E> for Keep<E> {
    fn keep(&mut self, error: impl FnOnce() -> Option<E>) {
        self.0 = error();
    }
}
