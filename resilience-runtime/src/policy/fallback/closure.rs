//! How closures are called: the arguments come first in the compiler's mind, so that the types of a closure's
//! parameters need not be written.
//!
//! Written out, for the compiler shows the function whose bound a closure does not fulfil, and would show a macro around it.

#[doc(hidden)]
#[inline]
pub fn call_1<R, A, F: FnOnce(A) -> R>(closure: F, given: (A,)) -> R {
    closure(given.0)
}

#[doc(hidden)]
#[inline]
pub fn call_2<R, A, B, F: FnOnce(A, B) -> R>(closure: F, given: (A, B)) -> R {
    closure(given.0, given.1)
}

#[doc(hidden)]
#[inline]
pub fn call_3<R, A, B, C, F: FnOnce(A, B, C) -> R>(closure: F, given: (A, B, C)) -> R {
    closure(given.0, given.1, given.2)
}

#[doc(hidden)]
#[inline]
pub fn call_4<R, A, B, C, D, F: FnOnce(A, B, C, D) -> R>(closure: F, given: (A, B, C, D)) -> R {
    closure(given.0, given.1, given.2, given.3)
}

#[doc(hidden)]
#[inline]
pub fn call_5<R, A, B, C, D, E, F: FnOnce(A, B, C, D, E) -> R>(closure: F, given: (A, B, C, D, E)) -> R {
    closure(given.0, given.1, given.2, given.3, given.4)
}

#[doc(hidden)]
#[inline]
pub fn call_6<R, A, B, C, D, E, G, F: FnOnce(A, B, C, D, E, G) -> R>(
    closure: F,
    given: (A, B, C, D, E, G),
) -> R {
    closure(given.0, given.1, given.2, given.3, given.4, given.5)
}

#[doc(hidden)]
#[inline]
pub fn call_7<R, A, B, C, D, E, G, H, F: FnOnce(A, B, C, D, E, G, H) -> R>(
    closure: F,
    given: (A, B, C, D, E, G, H),
) -> R {
    closure(given.0, given.1, given.2, given.3, given.4, given.5, given.6)
}

#[doc(hidden)]
#[inline]
pub fn call_8<R, A, B, C, D, E, G, H, I, F: FnOnce(A, B, C, D, E, G, H, I) -> R>(
    closure: F,
    given: (A, B, C, D, E, G, H, I),
) -> R {
    closure(given.0, given.1, given.2, given.3, given.4, given.5, given.6, given.7)
}

#[doc(hidden)]
#[inline]
pub fn call_9<R, A, B, C, D, E, G, H, I, J, F: FnOnce(A, B, C, D, E, G, H, I, J) -> R>(
    closure: F,
    given: (A, B, C, D, E, G, H, I, J),
) -> R {
    closure(given.0, given.1, given.2, given.3, given.4, given.5, given.6, given.7, given.8)
}
