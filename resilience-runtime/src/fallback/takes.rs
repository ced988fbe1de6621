//! Whether a function that is written by its path takes the error behind the arguments.
//!
//! It is asked by method resolution, as the error type is by a [`Probe`](crate::probe::Probe): by how many arguments
//! the function takes, and not by their types. Whether these are right is for the compiler to say, of the call as it
//! stands.

use core::marker::PhantomData;

use super::keep::Keep;
use crate::call::Call;
use crate::judge::Judge;
use crate::probe::Form;

/// Asks about the function `F`, where the annotated one has `N` arguments: `(&&takes).kind()`.
#[derive(Debug)]
pub struct Takes<F, const N: usize>(PhantomData<fn() -> F>);

impl<F, const N: usize> Takes<F, N> {
    /// Asks about `fallback`, with one element for each argument: an array, for these may stand under a `#[cfg]`.
    #[inline]
    pub fn of(_fallback: &F, _arguments: [(); N]) -> Self {
        Self(PhantomData)
    }
}

/// Asks a [`Takes`] for the kind of its function.
pub trait Ask<K> {
    /// The kind that this depth of references stands for.
    fn kind(&self) -> K;
}

/// Takes no error; or cannot be called at all, which its call shows.
#[derive(Clone, Copy, Debug)]
pub struct NoError;

/// Takes the error `E` behind the arguments `A`.
pub struct TheError<A, E>(PhantomData<fn(A, E)>);

impl<A, E> Clone for TheError<A, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, E> Copy for TheError<A, E> {}

impl<A, E> core::fmt::Debug for TheError<A, E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TheError")
    }
}

impl<F, const N: usize> Ask<NoError> for Takes<F, N> {
    fn kind(&self) -> NoError {
        NoError
    }
}

/// What becomes of the error for a function of this kind.
pub trait Kind {
    /// What keeps an error of type `E`, where `K` keeps it for the other fallbacks.
    type Keeper<K, E>;

    /// It, empty.
    fn keeper<K, E>(self, others: K) -> Self::Keeper<K, E>;
}

impl Kind for NoError {
    type Keeper<K, E> = K;

    fn keeper<K, E>(self, others: K) -> K {
        others
    }
}

impl<A, T> Kind for TheError<A, T> {
    type Keeper<K, E> = Keep<E>;

    fn keeper<K, E>(self, _others: K) -> Keep<E> {
        Keep::new()
    }
}

impl NoError {
    /// Every function's error: none.
    #[inline]
    pub fn error<C>(self, _call: &mut C) {}

    /// The type of what it takes behind the arguments.
    #[inline]
    pub fn taken(self) -> PhantomData<()> {
        PhantomData
    }

    /// The function as it is.
    #[inline]
    pub fn bind<F>(self, fallback: F, (): ()) -> F {
        fallback
    }
}

impl<A, T> TheError<A, T> {
    /// The error of what failed last.
    pub fn error<R, M, D, J, W, O, E, L>(self, call: &mut Call<Judge<R, M, D, J, W, O, Keep<E>>, L>) -> E {
        call.error()
    }

    /// The type of what it takes behind the arguments.
    #[inline]
    pub fn taken(self) -> PhantomData<T> {
        PhantomData
    }
}

macro_rules! takes {
    ($($count:literal: $($argument:ident: $Type:ident),*;)*) => {$(
        impl<F: FnOnce($($Type,)* T) -> R, $($Type,)* T, R> Ask<TheError<($($Type,)*), T>> for &Takes<F, $count> {
            fn kind(&self) -> TheError<($($Type,)*), T> {
                TheError(PhantomData)
            }
        }

        impl<$($Type,)* T> TheError<($($Type,)*), T> {
            /// The function with its error, as one that takes the arguments alone.
            #[inline]
            pub fn bind<F, R>(self, fallback: F, error: T) -> impl FnOnce($($Type),*) -> R + use<F, R, $($Type,)* T>
            where
                F: FnOnce($($Type,)* T) -> R,
            {
                move |$($argument),*| fallback($($argument,)* error)
            }
        }
    )*};
}

takes! {
    0: ;
    1: a: A;
    2: a: A, b: B;
    3: a: A, b: B, c: C;
    4: a: A, b: B, c: C, d: D;
    5: a: A, b: B, c: C, d: D, e: E;
    6: a: A, b: B, c: C, d: D, e: E, g: G;
    7: a: A, b: B, c: C, d: D, e: E, g: G, h: H;
    8: a: A, b: B, c: C, d: D, e: E, g: G, h: H, i: I;
}

/// What a fallback takes behind the arguments, given an `E`; for the other parameter see
/// [`Argument`](crate::__private::Argument).
#[diagnostic::on_unimplemented(
    message = "this fallback takes `{Self}` behind the arguments of its function, whose error is `{E}`; let it take \
               `{E}`, or nothing",
    label = "takes `{Self}`, and not `{E}`"
)]
pub trait Taken<E, For>: Sized {
    /// The error, as what is taken.
    #[must_use]
    fn by(error: E, _: PhantomData<Self>, _: For) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E, For> Taken<E, For> for E {
    #[inline]
    fn by(error: E, _: PhantomData<Self>, _: For) -> Self {
        error
    }
}

/// A function that can answer for a value that `when_ok` takes for a failure, when there is no error.
#[diagnostic::on_unimplemented(
    message = "with `when_ok` a value can be what failed, and there is no error for this fallback to take; let it take \
               the arguments alone, or remove `when_ok`",
    label = "takes the error too"
)]
pub trait AnswersValues<For>: Sized {
    /// The kind, as it is.
    #[must_use]
    fn also(self, _: For) -> Self {
        self
    }
}

impl<For> AnswersValues<For> for NoError {}

impl<R, M: Form<R>, D, J, W, O, K> Judge<R, M, D, J, W, O, K> {
    /// With the error kept for a fallback of that kind.
    pub fn keeping<T: Kind>(self, kind: T) -> Judge<R, M, D, J, W, O, T::Keeper<K, M::Error>> {
        self.with_keeper(|others| kind.keeper(others))
    }

    /// With the error kept.
    pub fn keeping_error(self) -> Judge<R, M, D, J, W, O, Keep<M::Error>> {
        self.with_keeper(|_| Keep::new())
    }
}
