//! How the value of a key is read, and which keys belong to one policy.
//!
//! By a small macro of our own and not by `darling`'s derive: the walk over the keys (`check::keys`) has already done
//! what that is good for, each mistake with its own place, and it would bring four crates and all of syn's extra traits,
//! a sixth of a user's clean build.

use std::fmt;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, Ident};

use super::peel;

/// A kind of value that stands behind a key.
pub(crate) trait FromValue: Sized {
    /// What the key means when it stands alone.
    fn from_word() -> Result<Self, Wrong> {
        Err(Wrong::new("expected a value"))
    }

    /// Reads what stands behind `=`, without parentheses around it.
    fn from_expr(value: &Expr) -> Result<Self, Wrong>;
}

/// A key whose being there is all it says.
impl FromValue for () {
    fn from_word() -> Result<Self, Wrong> {
        Ok(())
    }

    fn from_expr(_: &Expr) -> Result<Self, Wrong> {
        Err(Wrong::new("expected no value"))
    }
}

/// What is wrong with a value.
#[derive(Debug)]
pub(crate) struct Wrong {
    message: String,
    /// The one word of it that is wrong; without, all of it is.
    at: Option<Span>,
}

impl Wrong {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None }
    }

    pub(crate) fn at(self, word: &Ident) -> Self {
        Self { at: Some(word.span()), ..self }
    }

    /// The error that underlines the word, or `value`.
    pub(crate) fn within(self, value: impl ToTokens) -> syn::Error {
        match self.at {
            Some(span) => syn::Error::new(span, self),
            None => syn::Error::new_spanned(value, self),
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// `key = value` as written; the value may be wrong.
#[derive(Debug)]
pub(crate) struct Keyed<T> {
    pub(super) key: Ident,
    pub(super) tokens: TokenStream,
    pub(super) value: Result<T, syn::Error>,
}

impl<T: FromValue> Keyed<T> {
    /// Reads what stands behind `key`, if anything does.
    pub(crate) fn of(key: &Ident, value: Option<&Expr>) -> Self {
        let (tokens, value) = match value.map(peel) {
            None => (key.to_token_stream(), T::from_word()),
            Some(value) => (value.to_token_stream(), T::from_expr(value)),
        };
        let value = value.map_err(|wrong| wrong.within(&tokens));
        Self { key: key.clone(), tokens, value }
    }
}

/// The keys of one policy, each with the kind of its value; see [`keys!`](crate::value::keys).
pub(crate) trait Keys {
    /// Takes the one of that name, as it was written.
    fn set(&mut self, name: &str, key: &Ident, value: Option<&Expr>);
}

/// Declares the keys of a policy: a struct that holds what was written of them. A field that cannot have the name of its
/// key says it: `runtime("crate"): ItemPath`.
macro_rules! keys {
    (
        $visibility:vis struct $clause:ident {
            $($field:ident $(($name:literal))?: $value:ty,)*
        }
    ) => {
        #[derive(Default)]
        $visibility struct $clause {
            $($field: Option<$crate::value::Keyed<$value>>,)*
        }

        impl $crate::value::Keys for $clause {
            fn set(&mut self, name: &str, key: &syn::Ident, value: Option<&syn::Expr>) {
                $(if name == $crate::value::keys!(@name $field $($name)?) {
                    self.$field = Some($crate::value::Keyed::of(key, value));
                    return;
                })*
                unreachable!("`{name}` is a key of the room, and not of its clause");
            }
        }
    };
    (@name $field:ident) => {
        stringify!($field)
    };
    (@name $field:ident $name:literal) => {
        $name
    };
}
pub(crate) use keys;
