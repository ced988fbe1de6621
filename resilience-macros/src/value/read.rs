//! How the value of a key is read.
//!
//! By hand and not by `darling`'s derive: the walk over the keys has already done what that is good for, each mistake with
//! its own place, and it would bring four crates and all of syn's extra traits, a sixth of a user's clean build.

use std::fmt;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident};

/// A kind of value that stands behind a key.
pub(crate) trait FromValue: Sized {
    /// What the key means when it stands alone.
    fn from_word() -> Result<Self, Wrong> {
        Err(Wrong::new("expected a value"))
    }

    /// Reads what stands behind `=`, without parentheses around it.
    fn from_expr(value: &Expr) -> Result<Self, Wrong>;
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
