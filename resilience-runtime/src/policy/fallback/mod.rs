//! What answers when all else failed.
//!
//! It is outermost: retries come before it, no limit of the call holds for it, and the breaker does not count it. A
//! dropped call has none, and neither has a panic, which goes on unwinding. It does not help where nobody can use a
//! second-best answer: a wrong price is worse than none.
//!
//! A fallback is given the function's own arguments, and the error too where it takes one: by value, for nobody else
//! needs it then. Whether it does is asked of its type (`takes`), and only then is the error kept; a function
//! whose fallbacks do not take it costs what it costs without. The futures that are polled are in `call`.

mod closure;
mod takes;
#[cfg(test)]
mod tests;

pub use self::closure::{call_1, call_2, call_3, call_4, call_5, call_6, call_7, call_8, call_9};
pub use self::takes::{Ask, Taken, Takes, WithoutError};
