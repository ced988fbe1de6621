//! The attribute and the derive macro of `resilience-runtime`.

mod args;
mod block;
mod check;
mod classify;
mod diag;
mod expand;
mod function;
mod keys;
mod likeness;
mod names;
mod policy;
mod resilient;
mod stacked;
mod types;
mod value;
mod written;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

#[doc = include_str!("resilient.md")]
#[proc_macro_attribute]
pub fn resilient(attribute: TokenStream, item: TokenStream) -> TokenStream {
    resilient::resilient(attribute.into(), &item.into()).into()
}

/// Implements `Classify` by marks on the variants of an enum, or on a struct.
///
/// | mark | means |
/// |---|---|
/// | `#[transient]` | it may work the next time |
/// | `#[permanent]` | it will not work however often it is tried |
/// | `#[throttled]` | the dependency asks for fewer calls |
/// | `#[throttled(retry_after = field)]` | and says in that field when to come back: a `Duration`, an `Option<Duration>`, or anything that is `Clone` and `Into<Option<Duration>>` |
/// | `#[ignored]` | it says nothing about the dependency |
/// | `#[classify(transparent)]` | the only field answers; its type implements `Classify` |
///
/// A field is named, or numbered in a tuple: `retry_after = 0`. `#[transient]`, `#[permanent]`, `#[throttled]`
/// or `#[ignored]` on the enum itself holds for every variant without a mark of its own; where the enum has
/// none, each variant needs one.
/// `error_type` is the enum's and the variant's name, as in `ApiError::NotFound`, or the struct's.
///
/// `#[classify(crate = path)]` on the item is for a runtime under another name than `::resilience_runtime`.
///
/// # Errors
///
/// A variant without a mark, or with two, is a compile error, as is everything else that would leave an error
/// without the class it was meant to have.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use resilience_runtime::{Class, Classify};
///
/// #[derive(Debug, Classify)]
/// #[transient]
/// enum StoreError {
///     Unreachable,
///     Overloaded,
///     #[throttled(retry_after = 0)]
///     SlowDown(Option<Duration>),
///     #[permanent]
///     NoSuchKey { key: String },
///     #[classify(transparent)]
///     Io(std::io::Error),
/// }
///
/// assert_eq!(StoreError::Overloaded.classify(), Class::Transient);
/// assert_eq!(StoreError::SlowDown(None).classify(), Class::Throttled { retry_after: None });
/// assert_eq!(StoreError::NoSuchKey { key: "k".into() }.error_type(), "StoreError::NoSuchKey");
/// let io = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
/// assert_eq!(StoreError::Io(io).classify(), Class::Permanent);
///
/// #[derive(Debug, Classify)]
/// #[ignored]
/// struct Cancelled;
///
/// assert_eq!(Cancelled.classify(), Class::Ignored);
/// ```
#[proc_macro_derive(Classify, attributes(transient, permanent, throttled, ignored, classify))]
pub fn derive_classify(item: TokenStream) -> TokenStream {
    classify::derive(item.into()).into()
}
