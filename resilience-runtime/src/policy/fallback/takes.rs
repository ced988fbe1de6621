//! Whether a function that is written by its path takes the error behind the arguments.
//!
//! It is asked by method resolution, as the error type is by a [`Probe`]: by how many arguments the function takes, and
//! not by their types. Whether these are right is for the compiler to say, of the call as it stands.

use core::marker::PhantomData;

use crate::outcome::judge::Judge;
use crate::outcome::keep::{HasKept, Keep};
use crate::outcome::probe::{Form, Probe};

/// Asks about the function `F`, where the annotated one has `N` arguments and gives `R`: `(&&&takes).__kind()`.
#[derive(Debug)]
pub struct Takes<F, R, M, const N: usize>(PhantomData<fn() -> F>, PhantomData<fn() -> (R, M)>);

impl<F, R, M, const N: usize> Takes<F, R, M, N> {
    /// Asks about `fallback`, with one element for each argument: an array, for these may stand under a `#[cfg]`.
    #[inline]
    pub fn of(_fallback: &F, _arguments: [(); N], _: Probe<R, M>) -> Self {
        Self(PhantomData, PhantomData)
    }
}

/// Asks a [`Takes`] for the kind of its function.
pub trait Ask<K> {
    /// The kind that this depth of references stands for.
    fn __kind(&self) -> K;
}

/// Takes no error; or cannot be called at all, which its call shows.
#[derive(Clone, Copy, Debug)]
pub struct NoError;

/// Takes the error `E` behind the arguments `A`.
#[derive(Debug)]
pub struct TheError<A, E>(PhantomData<fn(A, E)>);

/// Takes a `T` behind the arguments `A`, which is not the function's error: see [`Taken`].
#[derive(Debug)]
pub struct AnotherError<A, T>(PhantomData<fn(A, T)>);

/// What takes the place of an error for a function that takes none.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<A, E> Clone for TheError<A, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, E> Copy for TheError<A, E> {}

impl<A, T> Clone for AnotherError<A, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, T> Copy for AnotherError<A, T> {}

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

#[expect(clippy::unused_self, reason = "the kind is found first, and asked by method")]
impl NoError {
    /// No error.
    #[inline]
    pub fn error<C>(self, _call: &mut C) -> Nothing {
        Nothing
    }

    /// The type of what it takes behind the arguments.
    #[inline]
    pub fn taken(self) -> PhantomData<Nothing> {
        PhantomData
    }

    /// The function as it is.
    #[inline]
    pub fn bind<F>(self, fallback: F, _error: Nothing) -> F {
        fallback
    }
}

macro_rules! takes_error {
    ($($Kind:ident)*) => {$(
        impl<A, T> Kind for $Kind<A, T> {
            type Keeper<K, E> = Keep<E>;

            fn keeper<K, E>(self, _others: K) -> Keep<E> {
                Keep::new()
            }
        }

        impl<A, T> $Kind<A, T> {
            /// The error of what failed last.
            pub fn error<C: HasKept>(self, call: &mut C) -> C::Error {
                call.take_error()
            }

            /// The type of what it takes behind the arguments.
            #[inline]
            pub fn taken(self) -> PhantomData<T> {
                PhantomData
            }
        }
    )*};
}

takes_error!(TheError AnotherError);

impl<F, R, M, const N: usize> Ask<NoError> for Takes<F, R, M, N> {
    fn __kind(&self) -> NoError {
        NoError
    }
}

macro_rules! takes {
    ($($count:literal: $($argument:ident: $Type:ident: $Any:ident),*;)*) => {$(
        impl<F, R, M, $($Type,)* V> Ask<TheError<($($Type,)*), M::Error>> for &&Takes<F, R, M, $count>
        where
            M: Form<R>,
            F: FnOnce($($Type,)* M::Error) -> V,
        {
            fn __kind(&self) -> TheError<($($Type,)*), M::Error> {
                TheError(PhantomData)
            }
        }

        impl<F, R, M, $($Type,)* T, V> Ask<AnotherError<($($Type,)*), T>> for &Takes<F, R, M, $count>
        where
            F: FnOnce($($Type,)* T) -> V,
        {
            fn __kind(&self) -> AnotherError<($($Type,)*), T> {
                AnotherError(PhantomData)
            }
        }

        impl<$($Type,)* E> TheError<($($Type,)*), E> {
            /// The function with its error, as one that takes the arguments alone.
            #[inline]
            pub fn bind<F, V>(self, fallback: F, error: E) -> impl FnOnce($($Type),*) -> V + use<F, V, $($Type,)* E>
            where
                F: FnOnce($($Type,)* E) -> V,
            {
                move |$($argument),*| fallback($($argument,)* error)
            }
        }

        impl<$($Type,)* T> AnotherError<($($Type,)*), T> {
            /// What can be called with any arguments: one mistake of a function is reported, and not another one that
            /// comes of it.
            pub fn bind<F, V, $($Any),*>(self, _fallback: F, _error: T) -> fn($($Any),*) -> V
            where
                F: FnOnce($($Type,)* T) -> V,
            {
                |$($argument),*| {
                    $(let _ = $argument;)*
                    unreachable!("a fallback that takes another error does not compile")
                }
            }
        }
    )*};
}

takes! {
    0: ;
    1: a: A: A2;
    2: a: A: A2, b: B: B2;
    3: a: A: A2, b: B: B2, c: C: C2;
    4: a: A: A2, b: B: B2, c: C: C2, d: D: D2;
    5: a: A: A2, b: B: B2, c: C: C2, d: D: D2, g: G: G2;
    6: a: A: A2, b: B: B2, c: C: C2, d: D: D2, g: G: G2, h: H: H2;
    7: a: A: A2, b: B: B2, c: C: C2, d: D: D2, g: G: G2, h: H: H2, i: I: I2;
    8: a: A: A2, b: B: B2, c: C: C2, d: D: D2, g: G: G2, h: H: H2, i: I: I2, j: J: J2;
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

/// What a fallback takes behind the arguments where `when_ok` may take a value for a failure: no error, for there is
/// none then.
#[diagnostic::on_unimplemented(
    message = "with `when_ok` a value can be what failed, and there is no `{Self}` for this fallback to take then; let \
               it take the arguments alone, or remove `when_ok`",
    label = "takes `{Self}`"
)]
pub trait WithoutError<For>: Sized {
    /// Says so.
    fn taken(_: PhantomData<Self>, _: For) {}
}

#[diagnostic::do_not_recommend]
impl<For> WithoutError<For> for Nothing {}

impl<R, M: Form<R>, D, J, W, O, K> Judge<R, M, D, J, W, O, K> {
    /// With the error kept for a fallback of that kind.
    #[expect(clippy::type_complexity, reason = "it is all that a judge is made of")]
    pub fn keeping<T: Kind>(self, kind: T) -> Judge<R, M, D, J, W, O, T::Keeper<K, M::Error>> {
        self.with_keeper(|others| kind.keeper(others))
    }

    /// With the error kept.
    pub fn keeping_error(self) -> Judge<R, M, D, J, W, O, Keep<M::Error>> {
        self.with_keeper(|_| Keep::new())
    }
}
